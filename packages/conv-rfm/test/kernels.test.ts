import { type Backend, OptionError, type Tensor } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { gaussian, laplace, lpq, ntk } from '@agop/rfm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  convolutionalNngp,
  convolutionalNtk,
  type ImageKernel,
  imageKernelMatrix,
  patchKernel,
} from '../src/index.ts';
import { referenceKernel } from './reference.ts';

let backend: Backend;
beforeEach(() => {
  backend = createNaiveBackend();
});
afterEach(() => {
  expect(backend.memory()).toMatchObject({ tensors: 0, bytes: 0 });
});

const size = { height: 5, width: 6, channels: 2 };
const shape = [3, size.height, size.width, size.channels] as const;

function images(seed: number, count = 3): Tensor {
  return backend.random([count, ...shape.slice(1)], 'normal', { seed }, 'float64');
}

async function read(matrix: Promise<Tensor>): Promise<number[]> {
  using k = await matrix;
  return Array.from(await k.read());
}

function expectClose(actual: readonly number[], expected: readonly number[], tolerance = 1e-7): void {
  const scale = Math.max(...expected.map(Math.abs));
  expect(actual).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) {
    expect(Math.abs((actual[i] as number) - value), `element ${i}`).toBeLessThanOrEqual(tolerance * scale);
  }
}

describe('kernels of convolutional networks agree with their definition', () => {
  for (const make of [convolutionalNtk, convolutionalNngp]) {
    for (const padding of ['valid', 'image', 'same'] as const) {
      for (const pooling of ['none', 'average'] as const) {
        for (const depth of [1, 2]) {
          const kernel = make({ depth, padding, pooling });
          test(`${kernel.name}, depth ${depth}, padding ${padding}, pooling ${pooling}`, async () => {
            using x = images(1);
            using z = images(2, 2);
            const [a, b] = [Array.from(await x.read()), Array.from(await z.read())];
            const pixels = size.height * size.width * size.channels;
            const cut = (data: number[], i: number) => data.slice(i * pixels, (i + 1) * pixels);
            const expected = [0, 1, 2].flatMap((i) =>
              [0, 1].map((j) => referenceKernel(cut(a, i), cut(b, j), size, kernel)),
            );
            expectClose(await read(imageKernelMatrix(backend, kernel, x, z)), expected);
          });
        }
      }
    }
  }
});

test('one layer is the mean over patches of the kernel of a network with one hidden layer', async () => {
  using x = images(1);
  const expected = await read(imageKernelMatrix(backend, patchKernel(ntk({ depth: 2 })), x, x));
  const actual = await read(imageKernelMatrix(backend, convolutionalNtk({ depth: 1 }), x, x));
  expectClose(
    actual,
    expected.map((value) => value / size.channels),
  );
});

describe('kernels of patches', () => {
  test('the mean of a Laplace kernel over patches at the same positions', async () => {
    using x = images(1);
    using patches = backend.patches(x, { size: 3 });
    const [rows, d] = patches.shape as [number, number];
    const data = Array.from(await patches.read());
    const patch = (i: number, p: number) =>
      data.slice((i * (rows / 3) + p) * d, (i * (rows / 3) + p + 1) * d);
    const expected = [0, 1, 2].flatMap((i) =>
      [0, 1, 2].map((j) => {
        let sum = 0;
        for (let p = 0; p < rows / 3; p++) {
          const v = patch(j, p);
          const distance = Math.hypot(...patch(i, p).map((u, k) => u - (v[k] as number)));
          sum += Math.exp(-distance / 2);
        }
        return sum / (rows / 3);
      }),
    );
    expectClose(
      await read(imageKernelMatrix(backend, patchKernel(laplace({ bandwidth: 2 })), x, x)),
      expected,
      1e-12,
    );
  });

  test('a kernel of power distances is refused', () => {
    expect(() => patchKernel(lpq({ bandwidth: 1, p: 1, q: 1 }))).toThrow(OptionError);
  });
});

describe('streaming', () => {
  const kernels: Record<string, ImageKernel> = {
    ntk: convolutionalNtk({ depth: 2 }),
    pooled: convolutionalNtk({ depth: 1, pooling: 'average' }),
    gaussian: patchKernel(gaussian({ bandwidth: 2 })),
  };
  for (const [name, kernel] of Object.entries(kernels)) {
    test(`${name}: no dependence on blocks, exactly symmetric for one set of images`, async () => {
      using x = images(3, 35);
      const whole = await read(imageKernelMatrix(backend, kernel, x, x, { tileBytes: 2 ** 30 }));
      const cut = await read(imageKernelMatrix(backend, kernel, x, x, { tileBytes: 1 }));
      expectClose(cut, whole, 1e-13);
      for (let i = 0; i < 35; i++) {
        for (let j = 0; j < i; j++) expect(cut[i * 35 + j]).toBe(cut[j * 35 + i]);
      }
      using other = backend.clone(x);
      expectClose(await read(imageKernelMatrix(backend, kernel, x, other, { tileBytes: 1 })), whole, 1e-13);
    });
  }

  test('reports progress up to 1', async () => {
    using x = images(1, 20);
    const fractions: number[] = [];
    using k = await imageKernelMatrix(backend, convolutionalNtk({ depth: 1 }), x, x, {
      tileBytes: 1,
      onProgress: (fraction) => fractions.push(fraction),
    });
    expect(k.shape).toEqual([20, 20]);
    expect(fractions.at(-1)).toBe(1);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
  });
});
