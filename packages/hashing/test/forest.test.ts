import { AbortedError, NotFittedError, OptionError, ShapeError, ValueError } from '@agop/core';
import { BitMatrix, growTreeOf, RobustHashForest, strategies, type TreeJob } from '@agop/hashing';
import { describe, expect, it } from 'vitest';
import { clusteredBits, flipped } from './data.ts';

const rows = clusteredBits(300, 70);
const options = { radius: 3, trees: 12, rounds: 16 } as const;

describe('a forest', () => {
  it.each(strategies)('finds every stored point in every tree: %s', async (strategy) => {
    const forest = await new RobustHashForest({ ...options, strategy }).fit(rows);
    const { indices, distances } = forest.query(rows);
    expect([...distances].every((distance) => distance === 0)).toBe(true);
    expect([...indices].every((found, row) => `${rows[found]}` === `${rows[row]}`)).toBe(true);
    expect(forest.meets(17, [rows[17] ?? []]).every(Boolean)).toBe(true);
    expect(forest.successProbability(17, 0)).toBe(1);
  });

  it('finds the nearest of all where one leaf holds all', async () => {
    const forest = await new RobustHashForest({ radius: 1, trees: 1, bucket: rows.length }).fit(rows);
    const query = flipped(rows[5] ?? new Uint8Array(), [0, 9, 33]);
    const distances = rows.map((row) => row.reduce((sum, bit, i) => sum + Number(bit !== query[i]), 0));
    const order = distances
      .map((_, i) => i)
      .sort((a, b) => (distances[a] ?? 0) - (distances[b] ?? 0) || a - b);
    const found = forest.query([query], { k: 7 });
    expect([...found.indices]).toEqual(order.slice(0, 7));
    expect([...found.distances]).toEqual(order.slice(0, 7).map((i) => distances[i]));
    expect([...forest.query([query], { k: 301 }).indices].slice(299)).toEqual([order[299], -1]);
  });

  it('is the same from the same seed, on any executor, and another from another seed', async () => {
    const forest = await new RobustHashForest(options).fit(rows);
    let most = 0;
    let running = 0;
    const run = async (job: TreeJob) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, job.tree % 2));
      running -= 1;
      return growTreeOf(structuredClone(job));
    };
    const elsewhere = await new RobustHashForest(options).fit(rows, { executor: { size: 3, run } });
    expect(most).toBe(3);
    expect(elsewhere.toBytes()).toEqual(forest.toBytes());
    const other = await new RobustHashForest({ ...options, seed: 1 }).fit(rows);
    expect(other.nodes).not.toEqual(forest.nodes);
  });

  it('tells how far it is, and stops', async () => {
    const told: number[] = [];
    await new RobustHashForest(options).fit(rows, { onTree: ({ trees }) => told.push(trees) });
    expect(told).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    const forest = new RobustHashForest(options);
    const controller = new AbortController();
    const stopped = forest.fit(rows, { signal: controller.signal, onTree: () => controller.abort() });
    await expect(stopped).rejects.toSatisfy(AbortedError.isInstance);
    const onTree = async () => {
      throw new RangeError('mine');
    };
    await expect(forest.fit(rows, { onTree })).rejects.toThrow(new RangeError('mine'));
    expect(() => forest.size).toThrow(NotFittedError);
  });

  it('says for each tree exactly how likely so many wrong bits lead elsewhere', async () => {
    const small = rows.map((row) => row.slice(0, 12));
    const forest = await new RobustHashForest({ ...options, bucket: 2 }).fit(small);
    const pairs = Array.from({ length: 12 }, (_, i) => Array.from({ length: i }, (_, j) => [j, i])).flat();
    expect(pairs).toHaveLength(66);
    const shares = pairs.map((flips) => {
      const met = forest.meets(40, [flipped(small[40] ?? new Uint8Array(), flips)]);
      const share = met.filter(Boolean).length / met.length;
      expect(forest.successProbability(40, flips)).toBeCloseTo(share, 12);
      return share;
    });
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    expect(forest.successProbability(40, 2)).toBeCloseTo(mean, 12);
    expect(forest.successProbability(40, 12)).toBe(0);
  });

  it('serves its worst query better by the game than at random, and knows bounds', async () => {
    const game = (await new RobustHashForest({ ...options, trees: 1, rounds: 400 }).fit(rows)).rootGame();
    const random = (
      await new RobustHashForest({ ...options, trees: 1, strategy: 'uniform' }).fit(rows)
    ).rootGame();
    expect(game.payoff).toBeGreaterThan(random.payoff);
    expect(game.bound).toBeGreaterThanOrEqual(game.payoff);
    expect(game.worst.flips).toHaveLength(3);
    expect(game.weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
  });
});

describe('points added later', () => {
  it('are found like the others, and split their leaves', async () => {
    const forest = await new RobustHashForest(options).fit(rows.slice(0, 100));
    const before = forest.nodes;
    expect(forest.insert(rows.slice(100, 250))).toBe(100);
    for (const row of rows.slice(250)) forest.insert([row]);
    expect(forest.size).toBe(300);
    expect(forest.nodes.every((nodes, t) => nodes > (before[t] ?? 0))).toBe(true);
    const { distances, candidates } = forest.query(rows);
    expect([...distances].every((distance) => distance === 0)).toBe(true);
    expect(Math.max(...candidates)).toBeLessThan(12 * 6);
    const again = await RobustHashForest.load(forest.toBytes());
    forest.insert(clusteredBits(50, 70, 9));
    again.insert(clusteredBits(50, 70, 9));
    expect(again.toBytes()).toEqual(forest.toBytes());
  });

  it('may come to a forest without points, and may all be equal', async () => {
    const forest = await new RobustHashForest(options).fit(BitMatrix.pack([], 70));
    expect([...forest.query(rows.slice(0, 2)).indices]).toEqual([-1, -1]);
    const same = Array.from({ length: 40 }, () => rows[0] ?? []);
    for (const row of same) forest.insert([row]);
    expect(forest.nodes).toEqual(Array.from({ length: 12 }, () => 1));
    expect(() => forest.rootGame()).toThrow(ValueError);
    forest.insert([rows[1] ?? []]);
    expect([...forest.query([rows[1] ?? []]).indices]).toEqual([40]);
    expect(forest.nodes.every((nodes) => nodes >= 3)).toBe(true);
  });

  it('leave the points that were handed in as they are', async () => {
    const points = BitMatrix.pack(rows.slice(0, 10));
    const words = points.words.slice();
    const forest = await new RobustHashForest(options).fit(points);
    forest.insert(rows.slice(10, 20));
    forest.insert(rows.slice(20, 30));
    expect(points.words).toEqual(words);
    expect(forest.size).toBe(30);
  });
});

describe('strange points', () => {
  it.each(strategies)('duplicates, constant bits, one point, a radius of all bits: %s', async (strategy) => {
    const constant = rows.map((row) => Uint8Array.from([...row.slice(0, 20), 1, 0, 1, 0]));
    const doubled = [...constant, ...constant, ...constant, ...constant, ...constant, ...constant];
    for (const radius of [0, 24, 1000]) {
      const forest = await new RobustHashForest({ radius, strategy, trees: 2, rounds: 10 }).fit(doubled);
      expect(forest.query(doubled).distances.every((distance) => distance === 0)).toBe(true);
    }
    const one = await new RobustHashForest({ radius: 2, strategy }).fit([[0, 1, 1]]);
    expect([...one.query([[1, 0, 0]]).distances]).toEqual([3]);
  });
});

describe('bad input', () => {
  it('is refused by name', async () => {
    expect(() => new RobustHashForest({})).toThrow(/radius must be given/);
    expect(() => new RobustHashForest({ radius: -1 })).toThrow(OptionError);
    expect(() => new RobustHashForest({ radius: 1, rho: Number.NaN })).toThrow(OptionError);
    const forest = new RobustHashForest(options);
    expect(() => forest.query(rows)).toThrow(NotFittedError);
    await expect(forest.fit([[0, 1], [0]])).rejects.toThrow(/Row 1 has 1 bits, but 2/);
    await expect(forest.fit([[0, 2]])).rejects.toMatchObject({ code: 'VALUE', row: 0, column: 1 });
    await expect(forest.fit([])).rejects.toThrow(ShapeError);
    await forest.fit(rows);
    expect(() => forest.query([[0, 1]])).toThrow(/queries have 2 bits, but the forest was made of 70/);
    expect(() => forest.query(rows, { k: 0 })).toThrow(OptionError);
    expect(() => forest.meets(300, [rows[0] ?? []])).toThrow(/below 300/);
    expect(() => forest.meets(0, rows)).toThrow(ShapeError);
    expect(() => forest.successProbability(0, [70])).toThrow(OptionError);
    expect(() => new BitMatrix(Uint32Array.of(8), 3)).toThrow(/beyond bit 2/);
  });
});
