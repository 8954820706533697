import { createNaiveBackend } from '@agop/core/naive';
import { classification, type FitJob, nest, nested, type Rows, regression } from '@agop/estimators';
import { type FittedRFM, laplace, rfm } from '@agop/rfm';
import { expect, test } from 'vitest';
import { normal, productTarget } from './data.ts';

const [n, d] = [30, 3];
const x: Rows = { data: normal(n, d, 1), rows: n, columns: d };
const values = productTarget(normal(n, d, 1), d);
const signs = Array.from(values, (value) => (value > 0 ? 'up' : 'down'));
const settings = {
  kernel: laplace({ bandwidth: 3 }),
  dtype: 'float64',
  iterations: 2,
  ridge: 1e-3,
  seed: 0,
  keepMetrics: false,
} as const;

test('a job goes to another thread as plain data, and gives the same model there', async () => {
  using backend = createNaiveBackend();
  const task = regression();
  const { coding: opened, y } = await task.open(values, n, 'rows');
  const coding = opened.trainedOn(y);
  const samples = { x, y };
  const message = structuredClone({ samples, description: coding.describe(), tensors: coding.tensors() });

  const fit = (job: FitJob<Rows>): Promise<FittedRFM> =>
    rfm.fit(job, { ...settings, backend, selection: 'mse' }, {});
  const here = await fit({ coding, training: samples, held: samples, test: undefined });
  const there = await fit({
    coding: task.restore(message.description, message.tensors),
    training: message.samples,
    held: message.samples,
    test: undefined,
  });
  expect(await rfm.encode(there)).toEqual(await rfm.encode(here));
  for (const model of [here, there]) model.dispose();
});

test('models nest in the file of another one', async () => {
  using backend = createNaiveBackend();
  const { coding, y } = await classification().open(signs, n, 'rows');
  const job = { coding, training: { x, y }, held: undefined, test: undefined };
  const selection = 'accuracy';
  const leaf = await rfm.fit(job, { ...settings, backend, selection }, {});
  const { description, tensors } = await rfm.encode(leaf);
  const file = { other: 'of the tree', ...nest('leaf.0', tensors) };
  expect(Object.keys(file)).toContain('leaf.0/centers');
  const saved = { description, tensors: nested('leaf.0', nest('leaf.0', tensors)) };
  const restored = await rfm.decode(saved, coding.outputs, { backend });
  expect(await rfm.predict(restored, x)).toEqual(await rfm.predict(leaf, x));
  for (const model of [leaf, restored]) model.dispose();
  expect(backend.memory().tensors).toBe(0);
});
