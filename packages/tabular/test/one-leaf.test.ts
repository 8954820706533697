import { randomArray } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { regression } from '@agop/estimators';
import { laplace, presets, RFMRegressor } from '@agop/rfm';
import { tabularSettings, tabularTrainer } from '@agop/tabular';
import { expect, test } from 'vitest';

test('a table whose rows fit one leaf is a Recursive Feature Machine', async () => {
  using backend = createNaiveBackend();
  const [n, d] = [60, 3];
  const data = randomArray(n * d, 'normal', { seed: 1 }, 'float64');
  const x = { data, rows: n, columns: d };
  const values = Float64Array.from({ length: n }, (_, i) => Math.sin((data[i * d] as number) * 2));
  const opened = await regression().open(values, n, 'rows');
  const coding = opened.coding.trainedOn(opened.y);
  const job = { coding, training: { x, y: opened.y }, held: undefined, test: undefined };
  const fitted = await tabularTrainer.fit(job, tabularSettings({ backend }), {});
  const outputs = await tabularTrainer.predict(fitted, x);
  fitted.dispose();

  using model = new RFMRegressor({ backend, kernel: laplace({ bandwidth: 10 }), ...presets.xrfm2025 });
  await model.fit({ data, shape: [n, d] }, values);
  const expected = await model.predict({ data, shape: [n, d] });
  expect(Array.from(coding.answers(outputs, x) as Float64Array)).toEqual(Array.from(expected));
  model.dispose();
  expect(backend.memory().tensors).toBe(0);
});
