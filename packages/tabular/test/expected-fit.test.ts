import { createCpuBackend } from '@agop/backend-cpu';
import { expectedFit, tabularSettings, tabularTrainer } from '@agop/tabular';
import { expect, test } from 'vitest';
import { normalRows, regressionJob } from './data.ts';

const [rows, features] = [1500, 4];

test.each([
  { name: 'rows', tree: { leafRows: 400, routing: 'hard' as const } },
  { name: 'overlap', tree: { leafRows: 500, overlap: 0.05, routing: 'hard' as const } },
  { name: 'memory', tree: { leafBytes: 2 ** 20, routing: 'hard' as const } },
  { name: 'trees', tree: { leafRows: 400, trees: 2, routing: 'hard' as const } },
])('a fit takes what was expected: $name', async ({ tree }) => {
  using backend = await createCpuBackend({ threads: 1 });
  const job = await regressionJob(normalRows(rows, features, 1));
  const settings = tabularSettings({ backend, iterations: 1, tree: { ...tree, splitRows: 100 } });
  const expected = expectedFit({ rows, features, outputs: 1 }, settings);
  expect(expected.dtype).toBe('float32');
  backend.resetPeak();
  const fitted = await tabularTrainer.fit(job, settings, {});
  const { peakBytes } = backend.memory();
  fitted.dispose();
  expect(fitted.leaves).toHaveLength(expected.leaves);
  expect(Math.max(...fitted.leaves.map((leaf) => leaf.rows))).toBe(expected.largestLeaf);
  // The rows that choose the iteration come on top.
  expect(peakBytes).toBeLessThan(1.1 * expected.leafBytes);
  if ('leafBytes' in tree) {
    expect(expected.leafBytes).toBeLessThanOrEqual(2 ** 20);
    expect(peakBytes).toBeLessThan(1.1 * 2 ** 20);
    expect(expected.leafBytes).toBeGreaterThan(2 ** 18);
  }
});

test('overlap that falls with the rows of a node keeps the rows of all leaves within bounds', async () => {
  using backend = await createCpuBackend({ threads: 1 });
  const shareOf = (rows: number, overlapDecay: number): number => {
    const settings = tabularSettings({ backend, tree: { leafRows: 500, overlap: 0.1, overlapDecay } });
    const { leaves, largestLeaf } = expectedFit({ rows, features, outputs: 1 }, settings);
    return (leaves * largestLeaf) / rows;
  };
  for (const rows of [4000, 64_000, 1_000_000]) {
    // Nodes have at most 0.6 of the rows above: 1.2 twice, then 1 + 0.2 · 0.6^(k / 2), whose product is 3.
    expect(shareOf(rows, 0.5)).toBeLessThan(3);
    expect(shareOf(rows, 0.5)).toBeGreaterThan(1.2);
  }
  expect(shareOf(1_000_000, 0)).toBeGreaterThan(5);
});
