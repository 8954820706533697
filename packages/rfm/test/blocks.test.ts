import { createNaiveBackend } from '@agop/core/naive';
import { laplace, matrixPower, nextMetric, RFMRegressor, resolveMetricUpdate } from '@agop/rfm';
import { expect, test } from 'vitest';
import { normalTensor, worst } from './data.ts';

const d = 6;
const blocks = [
  { start: 1, length: 2 },
  { start: 4, length: 1 },
];
const groupOf = (k: number) => (k === 1 || k === 2 ? 1 : k === 4 ? 2 : 0);

test('a metric of blocks has nothing between them, and its power is that of the masked matrix', async () => {
  using backend = createNaiveBackend();
  using root = normalTensor(backend, d, d, 1);
  using agop = backend.gram(root);
  const options = { normalization: 'max', power: 0.5, shift: 1e-8, form: 'transform', blocks } as const;
  const metric = await nextMetric(backend, agop, resolveMetricUpdate(options));
  const values = Float64Array.from(await agop.read());
  const masked = values.map((value, at) => (groupOf(Math.floor(at / d)) === groupOf(at % d) ? value : 0));
  const largest = masked.reduce((a, b) => Math.max(a, b), 0);
  using scaled = backend.tensor(
    masked.map((value) => value / largest),
    [d, d],
    'float64',
  );
  using expected = await matrixPower(backend, scaled, 0.5, { shift: 1e-8 });
  if (metric.kind === 'identity') throw new Error('not a full metric');
  const found = await metric.tensor.read();
  expect(worst(found, await expected.read())).toBeLessThan(1e-12);
  expect(found.every((value, at) => value === 0 || groupOf(Math.floor(at / d)) === groupOf(at % d))).toBe(
    true,
  );
  metric.tensor.dispose();
  expect(backend.memory().tensors).toBe(4);
});

test('an estimator learns such a metric; blocks that are none are refused', async () => {
  using backend = createNaiveBackend();
  const rows = Array.from({ length: 30 }, (_, i) => [
    Math.sin(i),
    Number(i % 3 === 0),
    Number(i % 3 === 1),
    Number(i % 3 === 2),
  ]);
  const y = rows.map(([a = 0, b = 0]) => a * (1 + b));
  const options = { backend, kernel: laplace({ bandwidth: 3 }), iterations: 2 };
  using model = new RFMRegressor({ ...options, blocks: [{ start: 1, length: 3 }] });
  await model.fit(rows, y);
  const { data } = await model.metric();
  for (const k of [1, 2, 3]) expect([data[k], data[4 * k]]).toEqual([0, 0]);
  expect(data[6]).not.toBe(0);
  using far = new RFMRegressor({ ...options, blocks: [{ start: 2, length: 3 }] });
  await expect(far.fit(rows, y)).rejects.toThrow('A block has the columns 2 to 4, but there are 4 features.');
  for (const wrong of [
    [{ start: 0, length: 0 }],
    [
      { start: 0, length: 2 },
      { start: 1, length: 1 },
    ],
  ]) {
    expect(() => new RFMRegressor({ ...options, blocks: wrong })).toThrow('be a list of { start, length }');
  }
});
