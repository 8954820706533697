import { createCpuBackend } from '@agop/backend-cpu';
import { gaussian, laplace, presets, RFMClassifier, RFMRegressor } from '@agop/rfm';
import { enginesWith } from '@agop/test-support/engines';
import { describe, expect, test } from 'vitest';
import { normal, productTarget } from './data.ts';

const [n, d] = [300, 12];
const x = { data: normal(n, d, 1), shape: [n, d] };
const y = productTarget(x.data, d);

describe('one seed', () => {
  test.each(['float32', 'float64'] as const)(
    'gives the same bits on any number of threads in %s',
    async (dtype) => {
      const models: Uint8Array[] = [];
      for (const threads of [1, 2, 3]) {
        using backend = await createCpuBackend({ threads });
        const options = { backend, dtype, kernel: laplace({ bandwidth: 5 }), agopSamples: 200, seed: 7 };
        using model = new RFMRegressor({ ...options, iterations: 3 });
        await model.fit(x, y, { validation: 0.25 });
        models.push(await model.toBytes());
      }
      const [one, two, three] = models;
      expect(two).toEqual(one);
      expect(three).toEqual(one);
    },
  );
});

describe.each(enginesWith(1, 2, 3))('an estimator on $name', ({ create }) => {
  test('leaves nothing alive, also after an error', async () => {
    using backend = await create();
    using model = new RFMClassifier<boolean>({ backend, iterations: 2, keepMetrics: true });
    const labels = Array.from(y, (value) => value > 0);
    await model.fit(x, labels, { validation: 0.25 });
    await model.predictProba(x);
    await model.featureImportances();
    model.dispose();
    expect(backend.memory()).toMatchObject({ tensors: 0, bytes: 0 });

    const duplicated = x.data.slice();
    duplicated.copyWithin(200 * d, 100 * d, 101 * d);
    using ridgeless = new RFMRegressor({
      backend,
      ...presets.grokking2024,
      kernel: gaussian({ bandwidth: 1 }),
    });
    const failing = ridgeless.fit({ data: duplicated, shape: [n, d] }, y);
    await expect(failing).rejects.toMatchObject({ code: 'NOT_POSITIVE_DEFINITE', pivot: 200 });
    expect(backend.memory()).toMatchObject({ tensors: 0, bytes: 0 });
  });
});
