import { createCpuBackend } from '@agop/backend-cpu';
import type { Backend } from '@agop/core';
import { expect, test } from 'vitest';
import {
  arcCosineRecursion,
  ConvMachine,
  convolutionalNngp,
  convolutionalNtk,
  imageKernelMatrix,
} from '../src/index.ts';

/** The same backend without its fused recursion. */
function composed(backend: Backend): Backend {
  return new Proxy(backend, {
    get(target, property) {
      if (property === 'extension') return () => undefined;
      const member: unknown = Reflect.get(target, property, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

const kernels = [
  convolutionalNtk({ depth: 3 }),
  convolutionalNtk({ depth: 2, padding: 'same' }),
  convolutionalNngp({ depth: 2, padding: 'image', patchSize: 5 }),
];

for (const kernel of kernels) {
  for (const dtype of ['float64', 'float32'] as const) {
    test(`${kernel.name}, padding ${kernel.padding}, ${dtype}: fused and composed agree`, async () => {
      using backend = await createCpuBackend({ threads: 2 });
      expect(backend.extension(arcCosineRecursion)).toBeDefined();
      const other = composed(backend);
      const x = backend.random([37, 11, 9, 2], 'normal', { seed: 1 }, dtype);
      const z = backend.random([21, 11, 9, 2], 'normal', { seed: 2 }, dtype);
      const d = kernel.patchSize ** 2 * 2;
      const transform = backend.random([d, d], 'normal', { seed: 3 }, dtype);
      for (const right of [x, z]) {
        const a = await (await imageKernelMatrix(backend, kernel, x, right, { transform })).read();
        const b = await (
          await imageKernelMatrix(other, kernel, x, right, { transform, tileBytes: 1 })
        ).read();
        const scale = Math.max(...b);
        // Tangents of an image with itself keep half of the digits, unless they are exactly parallel.
        const tolerance = dtype === 'float64' ? 1e-11 : 2e-6;
        for (let i = 0; i < a.length; i++) {
          expect(Math.abs((a[i] as number) - (b[i] as number)), `element ${i}`).toBeLessThan(
            tolerance * scale,
          );
        }
      }
    });
  }
}

test('results do not depend on the number of threads', async () => {
  const run = async (threads: number): Promise<number[][]> => {
    using backend = await createCpuBackend({ threads });
    const x = backend.random([30, 12, 12, 1], 'normal', { seed: 1 }, 'float32');
    const kernel = convolutionalNtk({ depth: 3 });
    const k = await imageKernelMatrix(backend, kernel, x, x);
    const coefficients = backend.random([30, 3], 'normal', { seed: 2 }, 'float32');
    const machine = new ConvMachine({ backend, kernel, centers: x, coefficients });
    const agop = await machine.agop(x);
    return [Array.from(await k.read()), Array.from(await agop.read())];
  };
  const one = await run(1);
  expect(await run(2)).toEqual(one);
  expect(await run(3)).toEqual(one);
});
