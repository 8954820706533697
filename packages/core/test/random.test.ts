import { OptionError, philoxBlock, randomArray, randomPermutation, subkey } from '@agop/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

type Words = readonly [number, number, number, number];

function block(counter: readonly number[], key: readonly [number, number]): number[] {
  const out = new Uint32Array(4);
  philoxBlock(Uint32Array.from(counter), key[0], key[1], out);
  return [...out];
}

describe('Philox 4x32-10', () => {
  // The known answers published with Random123 (kat_vectors).
  const known: readonly (readonly [string, Words, readonly [number, number], Words])[] = [
    ['zeros', [0, 0, 0, 0], [0, 0], [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]],
    [
      'ones',
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      'the digits of π',
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ];
  it.each(known)('gives the known answer for %s', (_, counter, key, expected) => {
    expect(block(counter, key)).toEqual(expected);
  });

  it('agrees with its definition in big integers', () => {
    const word = fc.integer({ min: 0, max: 0xffffffff });
    fc.assert(
      fc.property(fc.tuple(word, word, word, word), fc.tuple(word, word), (counter, key) => {
        expect(block(counter, key)).toEqual(bigPhilox(counter, key));
      }),
      { numRuns: 300 },
    );
  });

  it('may write into its counter', () => {
    const counter = new Uint32Array(4);
    philoxBlock(counter, 0, 0, counter);
    expect(counter[0]).toBe(0x6627e8d5);
  });
});

function bigPhilox(counter: Words, key: readonly [number, number]): number[] {
  let [c0, c1, c2, c3] = counter.map(BigInt) as [bigint, bigint, bigint, bigint];
  let [k0, k1] = key.map(BigInt) as [bigint, bigint];
  for (let round = 0; round < 10; round++) {
    const [first, second] = [0xd2511f53n * c0, 0xcd9e8d57n * c2];
    [c0, c1, c2, c3] = [(second >> 32n) ^ c1 ^ k0, second & mask, (first >> 32n) ^ c3 ^ k1, first & mask];
    [k0, k1] = [(k0 + 0x9e3779b9n) & mask, (k1 + 0xbb67ae85n) & mask];
  }
  return [c0, c1, c2, c3].map(Number);
}

const mask = 0xffffffffn;

describe('randomArray', () => {
  it('takes two uniform numbers of 53 bits from each block', () => {
    const values = randomArray(5, 'uniform', { seed: 2 ** 40 + 9, stream: 2 ** 33 + 4 }, 'float64');
    const blocks = [0, 1, 2].map((b) => block([b, 0, 4, 2], [9, 2 ** 8]));
    const expected = blocks.flatMap(([a, b, c, d]) => [
      Number((BigInt(a as number) >> 5n) * 2n ** 26n + (BigInt(b as number) >> 6n)) / 2 ** 53,
      Number((BigInt(c as number) >> 5n) * 2n ** 26n + (BigInt(d as number) >> 6n)) / 2 ** 53,
    ]);
    expect([...values]).toEqual(expected.slice(0, 5));
  });

  it('has the moments of its distribution', () => {
    const n = 40_000;
    const uniform = randomArray(n, 'uniform', { seed: 1 }, 'float64');
    const normal = randomArray(n, 'normal', { seed: 1 }, 'float64');
    const cauchy = randomArray(n, 'cauchy', { seed: 1 }, 'float64');
    const mean = (values: Float64Array, f: (x: number) => number): number =>
      values.reduce((sum, x) => sum + f(x), 0) / n;
    expect(mean(uniform, (x) => x)).toBeCloseTo(0.5, 2);
    expect(mean(uniform, (x) => x * x)).toBeCloseTo(1 / 3, 2);
    expect(uniform.every((x) => x >= 0 && x < 1)).toBe(true);
    expect(mean(normal, (x) => x)).toBeCloseTo(0, 1);
    expect(mean(normal, (x) => x * x)).toBeCloseTo(1, 1);
    expect(mean(normal, (x) => x ** 4)).toBeCloseTo(3, 0);
    // A quarter of a Cauchy sample lies above 1.
    expect(cauchy.filter((x) => x > 1).length / n).toBeCloseTo(0.25, 2);
  });

  it('gives a prefix for a shorter length, and other numbers for other seeds and streams', () => {
    const draw = (length: number, seed: number, stream?: number): number[] => [
      ...randomArray(length, 'normal', stream === undefined ? { seed } : { seed, stream }, 'float64'),
    ];
    expect(draw(7, 3)).toEqual(draw(20, 3).slice(0, 7));
    expect(draw(7, 3)).toEqual(draw(7, 3, 0));
    expect(draw(7, 3)).not.toEqual(draw(7, 4));
    expect(draw(7, 3)).not.toEqual(draw(7, 3, 1));
    expect(draw(7, 3)).not.toEqual(draw(7, 3 + 2 ** 32));
    expect(draw(0, 3)).toEqual([]);
  });

  it('rounds to float32, never up to 1', () => {
    const wide = randomArray(1000, 'normal', { seed: 5 }, 'float64');
    expect([...randomArray(1000, 'normal', { seed: 5 }, 'float32')]).toEqual([...wide].map(Math.fround));
    const uniform = randomArray(200_000, 'uniform', { seed: 6 }, 'float32');
    let most = 0;
    for (const value of uniform) most = Math.max(most, value);
    expect(most).toBeLessThan(1);
  });

  it('has the streams of earlier versions by name', () => {
    expect(subkey(7, 'agop-subset', 3)).toEqual({ seed: 7, stream: 3 });
    expect(subkey(7, 'layer-weights', 33)).toEqual({ seed: 7, stream: 33 });
    expect(subkey(7, 'row-sample')).toEqual({ seed: 7, stream: 1 });
    expect(subkey(7, 'hold-out')).toEqual({ seed: 7, stream: 2 ** 32 });
    expect(subkey(7, 'patch-filters', 1)).toEqual({ seed: 7, stream: 2 ** 33 + 1 });
    expect(subkey(7, 'image-sample', 1)).toEqual({ seed: 7, stream: 2 ** 34 + 1 });
    expect(subkey(7, 'shown-images')).toEqual({ seed: 7, stream: 2 ** 35 });
  });

  it('refuses seeds and streams that are no integers in range', () => {
    for (const seed of [-1, 0.5, 2 ** 53, Number.NaN]) {
      expect(() => randomArray(2, 'uniform', { seed }, 'float64')).toThrow(OptionError);
      expect(() => randomArray(2, 'uniform', { seed: 1, stream: seed }, 'float64')).toThrow(/stream must be/);
    }
  });
});

describe('lengths', () => {
  it.each([2 ** 32, 2 ** 53 - 1, 2 ** 53, Number.POSITIVE_INFINITY, Number.NaN, -1, 1.5])(
    '%d is refused at once',
    (length) => {
      expect(() => randomArray(length, 'normal', { seed: 1 }, 'float32')).toThrow(OptionError);
      expect(() => randomPermutation(length, { seed: 1 })).toThrow(OptionError);
    },
  );
});

describe('randomPermutation', () => {
  it('is a permutation, the same for the same key', () => {
    for (const length of [0, 1, 2, 257]) {
      const order = randomPermutation(length, { seed: 11 });
      expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length }, (_, i) => i));
      expect(randomPermutation(length, { seed: 11 })).toEqual(order);
    }
    expect(randomPermutation(257, { seed: 11 })).not.toEqual(randomPermutation(257, { seed: 12 }));
  });

  it('is uniform: each of the six orders of three comes equally often', () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 6000; seed++) {
      const order = randomPermutation(3, { seed }).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    // 1000 are expected, with a standard deviation of 29.
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});
