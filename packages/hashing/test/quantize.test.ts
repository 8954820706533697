import { AgopError, DTypeError, OptionError, randomArray, ShapeError, ValueError } from '@agop/core';
import { BitMatrix, Hyperplanes, RobustHashForest, thresholdBits } from '@agop/hashing';
import { expect, it } from 'vitest';

const n = 400;
const d = 6;
const sample = { data: randomArray(n * d, 'normal', { seed: 3 }, 'float64'), shape: [n, d] as const };

it('thresholds numbers, for all columns or each', async () => {
  const bits = await thresholdBits(
    [
      [0, 1, 5],
      [2, 1, 0],
    ],
    1,
  );
  expect([bits.rows, bits.bits]).toEqual([2, 3]);
  expect([0, 1].map((row) => [0, 1, 2].map((i) => bits.get(row, i)))).toEqual([
    [0, 1, 1],
    [1, 1, 0],
  ]);
  const each = await thresholdBits(
    [
      [0, 1, 5],
      [2, 1, 0],
    ],
    [0, 2, 5],
  );
  expect([0, 1].map((row) => [0, 1, 2].map((i) => each.get(row, i)))).toEqual([
    [1, 0, 1],
    [1, 0, 0],
  ]);
  await expect(thresholdBits([[Number.NaN]], 1)).rejects.toThrow(ValueError);
  await expect(thresholdBits([[1]], Number.NaN)).rejects.toThrow('threshold must be a number');
  await expect(thresholdBits([[1, 2]], [0, Number.NaN])).rejects.toThrow('threshold must be a number');
  await expect(thresholdBits([[0, 1, 5]], [0, 2])).rejects.toThrow(ShapeError);
});

it('gives near points near bits, anywhere', async () => {
  for (const offset of [0, 1e6]) {
    const x = { ...sample, data: sample.data.map((value) => value + offset) };
    const planes = await Hyperplanes.draw(x, { bits: 512 });
    const bits = await planes.toBits({
      data: Float64Array.from(
        [0, 0, 0, 0, 0, 0, 0.1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0],
        (value) => value + offset,
      ),
      shape: [3, d],
    });
    const [near, far] = [bits.distance(0, bits, 1), bits.distance(0, bits, 2)];
    expect(near).toBeLessThan(40);
    expect(far).toBeGreaterThan(3 * near);
  }
});

it('looks at what a metric looks at: full, diagonal, and singular ones', async () => {
  const full = new Float64Array(d * d);
  full[0] = 4;
  const diagonal = [4, 0, 0, 0, 0, 0];
  const point = Array.from({ length: d }, () => 0);
  const x = [point, [0, 3, 3, -3, 3, 3], [0.5, 0, 0, 0, 0, 0]];
  for (const metric of [
    { data: full, shape: [d, d] },
    { data: diagonal, shape: [1, d] },
  ]) {
    const bits = await (await Hyperplanes.draw(sample, { bits: 256, metric })).toBits(x);
    expect(bits.distance(0, bits, 1)).toBe(0);
    expect(bits.distance(0, bits, 2)).toBeGreaterThan(20);
  }
});

it('refuses metrics that are none', async () => {
  const draw = (data: number[], shape: number[]) =>
    Hyperplanes.draw(
      [
        [1, 2],
        [3, 4],
      ],
      { metric: { data, shape } },
    );
  await expect(draw([1, 0, 0, 1], [2, 2])).resolves.toBeDefined();
  await expect(draw([1, 0, 0, -1], [2, 2])).rejects.toThrow(/negative direction/);
  await expect(draw([1, Number.NaN, 0, 1], [2, 2])).rejects.toThrow(ValueError);
  await expect(draw([1, 1, 1], [1, 3])).rejects.toThrow(ShapeError);
});

it('refuses thresholds, metrics, words and rows of another kind', async () => {
  await expect(Reflect.apply(thresholdBits, undefined, [[[1]], ['1']])).rejects.toThrow(OptionError);
  await expect(Reflect.apply(Hyperplanes.draw, Hyperplanes, [[[1]], { metric: 1 }])).rejects.toThrow(
    OptionError,
  );
  expect(() => Reflect.construct(BitMatrix, ['words', 8])).toThrow(DTypeError);
  const endless = Object.assign([], { length: 2 ** 32 - 1 });
  for (const rows of [null, endless, [endless], [1], [[Symbol('odd')]]]) {
    expect(() => Reflect.apply(BitMatrix.pack, BitMatrix, [rows, 8])).toThrow(AgopError);
  }
  expect(() => BitMatrix.pack([[1, 0]]).take([1])).toThrow(ShapeError);
});

it('refuses callbacks, executors and flips of another kind', async () => {
  const forest = new RobustHashForest({ radius: 1, trees: 2 });
  for (const odd of [{ onTree: 1 }, { signal: {} }, { executor: {} }]) {
    await expect(Reflect.apply(forest.fit, forest, [[[0, 1]], odd])).rejects.toThrow(OptionError);
  }
  await forest.fit([
    [0, 1],
    [1, 1],
  ]);
  expect(() => Reflect.apply(forest.successProbability, forest, [0, { length: 1e9 }])).toThrow(OptionError);
});
