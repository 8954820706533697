import type { Backend, FloatDType, Tensor } from '@agop/core';
import type { Fixture } from '@agop/fixtures';
import { enginesWith } from '@agop/test-support/engines';
import { describeFixtures, expectOutputs } from '@agop/test-support/parity';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  convolutionalNtk,
  convRecursiveFeatureMachine,
  featureLayer,
  imageKernelMatrix,
} from '../src/index.ts';
import { channelsLast, matrixToFixture, patchOrder } from './layout.ts';

describeFixtures('conv_rfm', (fixtures) => {
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
            const results = await run(fixture, backend, dtype);
            expectOutputs(fixture, dtype, results);
            expect(backend.memory()).toMatchObject({ tensors: 0, bytes: 0 });
          });
        }
      }
    });
  }
});

/** Everything a fixture holds, by the loop of this package. */
async function run(
  { input, params }: Fixture,
  backend: Backend,
  dtype: FloatDType,
): Promise<Record<string, number[]>> {
  const upload = (name: string): Tensor => {
    const { data, shape } = channelsLast(input(name));
    return backend.tensor(data, shape, dtype);
  };
  const [x, test] = [upload('X'), upload('X_test')];
  const y = backend.tensor(input('Y').data, input('Y').shape, dtype);
  const channels = x.shape[3] as number;
  const patchSize = Number(params['size']);
  const order = patchOrder(patchSize, channels);
  const padding = params['pad'] ? 'image' : 'valid';
  const kernel = convolutionalNtk({ depth: Number(params['depth']), patchSize, padding });
  const results: Record<string, number[]> = { K: [], pred: [], agop: [], B: [], features: [] };
  const add = async (name: string, data: ArrayLike<number>) => results[name]?.push(...Array.from(data));

  const iterations = Number(params['iters']);
  const loop = convRecursiveFeatureMachine({
    backend,
    kernel,
    x,
    y,
    iterations,
    ridge: Number(params['ridge']),
    update: params['root'] ? 'root' : 'plain',
    agopImages: Number(params['grad_images']),
    agopChoice: 'first',
  });
  for await (const step of loop) {
    const { transform } = step;
    using k = await imageKernelMatrix(backend, kernel, x, x, { ...(transform && { transform }) });
    await add('K', await k.read());
    using predictions = await step.machine.predict(test);
    await add('pred', await predictions.read());
    if (step.iteration < iterations) {
      // The fixture differentiates the sum of coefficients times the kernel without dividing by its largest
      // entry.
      const agop = await (await step.agop()).read();
      const unscaled = Array.from(agop, (value) => value * step.kernelScale ** 2);
      await add('agop', matrixToFixture(unscaled, order));
      const next = await step.nextTransform();
      await add('B', matrixToFixture(await next.read(), order));
    } else if (transform) {
      const w = input('W');
      const width = w.shape[0] as number;
      const rows = Array.from({ length: width }, (_, f) =>
        order.map((place) => w.data[f * order.length + place] as number),
      );
      using weights = backend.tensor(rows.flat(), [width, order.length], dtype);
      using filters = backend.matmul(weights, transform);
      using features = featureLayer(backend, x, filters, { patchSize, padding, activation: 'none' });
      await add('features', channelsFirst(await features.read(), features.shape));
    }
  }
  for (const tensor of [x, y, test]) tensor.dispose();
  return results;
}

/** (n, filters, rows, columns) from [n, rows, columns, filters]. */
function channelsFirst(data: ArrayLike<number>, shape: readonly number[]): number[] {
  const [n, height, width, filters] = shape as [number, number, number, number];
  const out: number[] = [];
  for (let i = 0; i < n; i++) {
    for (let f = 0; f < filters; f++) {
      for (let p = 0; p < height * width; p++) {
        out.push(data[(i * height * width + p) * filters + f] as number);
      }
    }
  }
  return out;
}
