import type { Backend, FloatDType, Tensor } from '@agop/core';
import type { Fixture } from '@agop/fixtures';
import { enginesWith } from '@agop/test-support/engines';
import { describeFixtures, expectOutput } from '@agop/test-support/parity';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ConvMachine,
  convolutionalNngp,
  convolutionalNtk,
  imageKernelMatrix,
  type PositionGrid,
} from '../src/index.ts';
import { channelsLast, matrixToFixture, patchOrder, rowsToFixture, toOurOrder } from './layout.ts';

describeFixtures('conv_kernel', (fixtures) => {
  for (const { name, dtypes, create } of enginesWith(1, 2)) {
    describe(name, () => {
      let backend: Backend;
      beforeAll(async () => {
        backend = await create();
      });
      afterAll(() => backend.dispose());

      for (const fixture of fixtures) {
        for (const dtype of dtypes) {
          test(`${fixture.name} in ${dtype}`, async () => {
            const before = backend.memory();
            await compareKernels(fixture, backend, dtype);
            await compareGradients(fixture, backend, dtype, '');
            await compareGradients(fixture, backend, dtype, '_B');
            expect(backend.memory()).toMatchObject({ tensors: before.tensors, bytes: before.bytes });
          });
        }
      }
    });
  }
});

function inputs(fixture: Fixture, backend: Backend, dtype: FloatDType) {
  const images = (name: string): Tensor => {
    const { data, shape } = channelsLast(fixture.input(name));
    return backend.tensor(data, shape, dtype);
  };
  const [size, channels] = [Number(fixture.params['size']), Number(fixture.params['channels'])];
  const order = patchOrder(size, channels);
  const b = toOurOrder(fixture.input('B').data, order);
  return {
    x: images('X'),
    z: images('Z'),
    b: backend.tensor(b, [order.length, order.length], dtype),
    order,
    options: { depth: Number(fixture.params['depth']), patchSize: size },
  };
}

async function compareKernels(fixture: Fixture, backend: Backend, dtype: FloatDType): Promise<void> {
  const { x, z, b, options } = inputs(fixture, backend, dtype);
  const ntk = convolutionalNtk(options);
  const matrices: Record<string, () => Promise<Tensor>> = {
    K: () => imageKernelMatrix(backend, ntk, x, z),
    K_self: () => imageKernelMatrix(backend, ntk, x, x, { tileBytes: 1 }),
    nngp: () => imageKernelMatrix(backend, convolutionalNngp(options), x, z),
    K_B: () => imageKernelMatrix(backend, ntk, x, z, { transform: b }),
    K_padded: () => imageKernelMatrix(backend, convolutionalNtk({ ...options, padding: 'image' }), x, z),
  };
  let compared = 0;
  for (const output of fixture.outputs) {
    const make = matrices[output];
    if (!make) continue;
    using k = await make();
    expectOutput(fixture, output, await k.read(), dtype);
    compared += 1;
  }
  expect(compared).toBeGreaterThanOrEqual(3);
  for (const tensor of [x, z, b]) tensor.dispose();
}

async function compareGradients(
  fixture: Fixture,
  backend: Backend,
  dtype: FloatDType,
  suffix: '' | '_B',
): Promise<void> {
  const { x, z, b, order, options } = inputs(fixture, backend, dtype);
  const alpha = fixture.input('alpha');
  using machine = new ConvMachine({
    backend,
    kernel: convolutionalNtk(options),
    transform: suffix === '' ? undefined : b,
    centers: z,
    coefficients: backend.tensor(alpha.data, alpha.shape, dtype),
  });
  const gradients = await machine.gradients(x);
  const [n, outputs] = [x.shape[0] as number, gradients.length];
  const perOutput = await Promise.all(gradients.map(async (g) => rowsToFixture(await g.read(), order)));
  const [grid] = machine.geometry.grids as [PositionGrid];
  const block = grid.height * grid.width * machine.geometry.patchLength;
  const together = new Float64Array(n * outputs * block);
  for (let i = 0; i < n; i++) {
    for (const [o, g] of perOutput.entries()) {
      together.set(g.subarray(i * block, (i + 1) * block), (i * outputs + o) * block);
    }
  }
  expectOutput(fixture, `G${suffix}`, together, dtype);
  using agop = await machine.agop(x);
  expectOutput(fixture, `agop${suffix}`, matrixToFixture(await agop.read(), order), dtype);
  for (const tensor of [x, z, b, ...gradients]) tensor.dispose();
}
