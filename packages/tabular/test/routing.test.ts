import { Router, type RoutingOptions, type TreeNode } from '@agop/tabular';
import fc from 'fast-check';
import { expect, test } from 'vitest';

const leaf = (number: number): TreeNode => ({ kind: 'leaf', leaf: number });
const split = (
  vector: number[],
  threshold: number,
  scale: number,
  left: TreeNode,
  right: TreeNode,
): TreeNode => ({
  kind: 'split',
  vector: Float64Array.from(vector),
  threshold,
  scale,
  left,
  right,
});

const sigmoid = (value: number) => 1 / (1 + Math.exp(-value));

const tree = split(
  [1, 0],
  0.5,
  2,
  split([0, 1], -1, 1, leaf(0), split([0.6, 0.8], 0, 0.5, leaf(1), leaf(2))),
  split([0, 1], 1, 3, leaf(3), leaf(4)),
);

/** The weights of all leaves, as products along their paths. */
function weights([a, b]: readonly [number, number], temperature: number): number[] {
  const gate = (projection: number, threshold: number, scale: number) =>
    sigmoid((projection - threshold) / (temperature * scale));
  const [root, left, inner, right] = [
    gate(a, 0.5, 2),
    gate(b, -1, 1),
    gate(0.6 * a + 0.8 * b, 0, 0.5),
    gate(b, 1, 3),
  ];
  return [
    (1 - root) * (1 - left),
    (1 - root) * left * (1 - inner),
    (1 - root) * left * inner,
    root * (1 - right),
    root * right,
  ];
}

test('the heaviest leaves answer, as many as keep the share, with weights of sum 1', () => {
  const router = new Router(tree);
  const coordinate = fc.double({ min: -3, max: 3, noNaN: true });
  const point = fc.tuple(coordinate, coordinate);
  const options = fc.record({
    temperature: fc.double({ min: 0.05, max: 5, noNaN: true }),
    keptWeight: fc.double({ min: 0.01, max: 1, noNaN: true }),
    mostLeaves: fc.integer({ min: 1, max: 5 }),
  });
  fc.assert(
    fc.property(point, options, (x, given: RoutingOptions) => {
      const rows = { data: x, rows: 1, columns: 2 };
      const answering = router.answering(rows, 0, given);
      const all = weights(x, given.temperature);
      const order = [0, 1, 2, 3, 4].sort((i, j) => (all[j] as number) - (all[i] as number));
      const kept = answering.map((own) => own.leaf);
      expect(answering.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12);
      const sum = kept.reduce((total, own) => total + (all[own] as number), 0);
      for (const [i, { leaf: own, weight }] of answering.entries()) {
        expect(all[own]).toBeCloseTo(all[order[i] as number] as number, 12);
        expect(weight).toBeCloseTo((all[own] as number) / sum, 10);
      }
      expect(kept.length).toBeLessThanOrEqual(given.mostLeaves);
      const butOne = sum - (all[kept.at(-1) as number] as number);
      if (kept.length < given.mostLeaves && kept.length < 5)
        expect(sum).toBeGreaterThan(given.keptWeight - 1e-12);
      if (kept.length > 1) expect(butOne).toBeLessThan(given.keptWeight + 1e-12);
    }),
    { numRuns: 200 },
  );
});

test('a temperature of 0, and one that is almost 0, send a row to its leaf; also far away', () => {
  const router = new Router(tree);
  for (const [x, expected] of [
    [[0.4, -1.2], 0],
    [[-1e6, 0], 1],
    [[0.4, 5], 2],
    [[1e300, 0.9], 3],
    [[2, 1.1], 4],
  ] as const) {
    const rows = { data: x, rows: 1, columns: 2 };
    for (const temperature of [0, 1e-9]) {
      const [first] = router.answering(rows, 0, { temperature, keptWeight: 0.9, mostLeaves: 5 });
      expect(first?.leaf).toBe(expected);
      expect(Number.isFinite(first?.weight)).toBe(true);
    }
  }
});
