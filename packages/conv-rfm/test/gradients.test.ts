import { type Backend, Scope, type Tensor } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { exponentialPower, gaussian, generalQuadratic, ntk, quadratic } from '@agop/rfm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  ConvMachine,
  convolutionalNngp,
  convolutionalNtk,
  type ImageKernel,
  type PositionGrid,
  patchKernel,
} from '../src/index.ts';

let backend: Backend;
beforeEach(() => {
  backend = createNaiveBackend();
});
afterEach(() => {
  expect(backend.memory()).toMatchObject({ tensors: 0, bytes: 0 });
});

const [height, width, channels] = [5, 6, 2];
const pixels = height * width * channels;

const kernels: Record<string, ImageKernel> = {};
for (const depth of [1, 2, 3]) {
  for (const padding of ['valid', 'image', 'same'] as const) {
    if (depth === 3 && padding === 'valid') continue; // too few positions
    kernels[`ntk depth ${depth} ${padding}`] = convolutionalNtk({ depth, padding });
  }
}
kernels['ntk depth 2, patches of 2'] = convolutionalNtk({ depth: 2, patchSize: 2 });
kernels['nngp depth 2 same'] = convolutionalNngp({ depth: 2, padding: 'same' });
kernels['ntk depth 2 pooled'] = convolutionalNtk({ depth: 2, pooling: 'average' });
kernels['ntk depth 2 pooled, same'] = convolutionalNtk({ depth: 2, pooling: 'average', padding: 'same' });
kernels['gaussian patches'] = patchKernel(gaussian({ bandwidth: 3 }));
kernels['gaussian patches pooled'] = patchKernel(gaussian({ bandwidth: 3 }), { pooling: 'average' });
kernels['exponential patches'] = patchKernel(exponentialPower({ bandwidth: 3, exponent: 1.5 }), {
  padding: 'image',
});
kernels['quadratic patches'] = patchKernel(quadratic());
kernels['general quadratic patches'] = patchKernel(generalQuadratic());
kernels['network patches'] = patchKernel(ntk({ depth: 3 }));

describe('gradients by patches, folded to gradients by pixels, agree with central differences', () => {
  for (const [name, kernel] of Object.entries(kernels)) {
    for (const transformed of [false, true]) {
      test(`${name}${transformed ? ', transformed' : ''}`, async () => {
        using scope = new Scope(backend);
        const { ops } = scope;
        const d = kernel.patchSize ** 2 * channels;
        const centers = ops.random([4, height, width, channels], 'normal', { seed: 1 }, 'float64');
        const noise = ops.random([d, d], 'normal', { seed: 2 }, 'float64');
        using machine = new ConvMachine({
          backend,
          kernel,
          transform: transformed ? noise : undefined,
          centers,
          coefficients: backend.random([4, 2], 'normal', { seed: 3 }, 'float64'),
        });
        const image = await ops.random([1, height, width, channels], 'normal', { seed: 4 }, 'float64').read();
        const exact = await pixelGradients(scope, machine, image);
        const differences = await centralDifferences(scope, machine, image);
        const scale = Math.max(...differences.map(Math.abs));
        for (const [at, value] of differences.entries()) {
          expect(Math.abs((exact[at] as number) - value), `entry ${at}`).toBeLessThanOrEqual(2e-7 * scale);
        }
      });
    }
  }
});

test('the AGOP is the sum of outer products of the gradients over the images', async () => {
  using scope = new Scope(backend);
  const { ops } = scope;
  const x = ops.random([14, height, width, channels], 'normal', { seed: 1 }, 'float64');
  for (const kernel of [
    kernels['ntk depth 2 image'],
    kernels['ntk depth 2 pooled'],
    kernels['gaussian patches'],
  ]) {
    using machine = new ConvMachine({
      backend,
      kernel: kernel as ImageKernel,
      transform: ops.random([18, 18], 'normal', { seed: 2 }, 'float64'),
      centers: x,
      coefficients: backend.random([14, 3], 'normal', { seed: 3 }, 'float64'),
    });
    const gradients = (await machine.gradients(x)).map((g) => scope.own(g));
    const whole = ops.concat(gradients, 0);
    const expected = await ops.gram(whole, { transpose: true, alpha: 1 / 14 }).read();
    const agop = await scope.own(await machine.agop(x, { tileBytes: 1 })).read();
    const scale = Math.max(...expected.map(Math.abs));
    for (let at = 0; at < expected.length; at++) {
      expect(Math.abs((agop[at] as number) - (expected[at] as number))).toBeLessThanOrEqual(1e-12 * scale);
    }
  }
});

/** df_o / dpixel as [pixel, output]: each patch that contains a pixel contributes. */
async function pixelGradients(
  scope: Scope,
  machine: ConvMachine,
  image: ArrayLike<number>,
): Promise<number[]> {
  const { patchSize, padding } = machine.kernel;
  const { patchLength, grids } = machine.geometry;
  const [grid] = grids as [PositionGrid];
  const border = padding === 'valid' ? 0 : (patchSize - 1) / 2;
  const x = scope.ops.tensor(image, [1, height, width, channels], 'float64');
  const gradients = await machine.gradients(x);
  const sums = new Array<number>(pixels * gradients.length).fill(0);
  for (const [output, tensor] of gradients.entries()) {
    const g = await scope.own(tensor).read();
    for (let at = 0; at < g.length; at++) {
      const [position, entry] = [Math.floor(at / patchLength), at % patchLength];
      const place = Math.floor(entry / channels);
      const row = Math.floor(position / grid.width) - border + Math.floor(place / patchSize);
      const column = (position % grid.width) - border + (place % patchSize);
      if (row < 0 || row >= height || column < 0 || column >= width) continue;
      const pixel = (row * width + column) * channels + (entry % channels);
      const index = pixel * gradients.length + output;
      sums[index] = (sums[index] as number) + (g[at] as number);
    }
  }
  return sums;
}

async function centralDifferences(
  scope: Scope,
  machine: ConvMachine,
  image: ArrayLike<number>,
): Promise<number[]> {
  const step = 1e-5;
  const moved = (sign: number): Tensor => {
    const data = new Float64Array(pixels * pixels);
    for (let p = 0; p < pixels; p++) {
      data.set(Array.from(image), p * pixels);
      data[p * pixels + p] = (data[p * pixels + p] as number) + sign * step;
    }
    return scope.ops.tensor(data, [pixels, height, width, channels], 'float64');
  };
  const [up, down] = [await machine.predict(moved(1)), await machine.predict(moved(-1))];
  const [a, b] = [await scope.own(up).read(), await scope.own(down).read()];
  return Array.from(a, (value, i) => (value - (b[i] as number)) / (2 * step));
}
