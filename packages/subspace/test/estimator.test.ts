import { createCpuBackend } from '@agop/backend-cpu';
import { randomArray } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import {
  CentralSubspace,
  CentralSubspaceClassifier,
  projector,
  type SubspaceMethod,
  type SubspaceOptions,
  subspaceDistance,
} from '@agop/subspace';
import { fourDirections, hypercube, rational, spread } from '@agop/subspace/simulations';
import { describe, expect, test } from 'vitest';
import type { Simulation } from '../src/simulations.ts';

const given = ({ x }: Simulation) => ({ data: x.data, shape: [x.rows, x.columns] });

/** Numbers that are as random for each row, so that there is nothing to find. */
const noise = (n: number, seed: number): Float64Array =>
  randomArray(n, 'normal', { seed, stream: 9 }, 'float64');

async function fitted(sample: Simulation, options: Partial<SubspaceOptions>) {
  using backend = await createCpuBackend({ threads: 1 });
  const model = new CentralSubspace({ backend, ...options });
  await model.fit(given(sample), sample.y);
  return model;
}

describe('the dimension', () => {
  test.each([
    ['crossValidation', fourDirections(300, 4), 'rfm', 4],
    ['crossValidation', rational(200, 3), 'opg', 2],
    ['permutation', spread(1500, 3), 'save', 2],
    ['gap', hypercube(12)(800, 3), 'agop', 4],
    ['gap', rational(800, 3), 'sir', 2],
    ['permutation', rational(800, 3), 'sir', 2],
    ['permutation', rational(800, 3), 'dr', 2],
  ] as const)('by %s', async (dimension, sample, method, expected) => {
    using model = await fitted(sample, { dimension, method, seed: 1, permutations: 39 });
    expect(model.selection).toMatchObject({ rule: dimension, found: expected });
    expect(model.dimension).toBe(expected);
    const { scores, first } = model.selection ?? { scores: [], first: 0 };
    expect(scores.length).toBeGreaterThan(expected - first);
    expect(scores.every(Number.isFinite)).toBe(true);
  });

  test('noise has none, and one direction is kept', async () => {
    const sample = { ...fourDirections(200, 4), y: noise(200, 4) };
    for (const method of ['opg', 'sir'] as const) {
      using model = await fitted(sample, { method, permutations: 39 });
      expect(model.selection?.found).toBe(0);
      expect(model.dimension).toBe(1);
      expect(model.loadings.shape).toEqual([10, 1]);
    }
  });

  test('held-out rows choose it where they are given', async () => {
    const [sample, held] = [fourDirections(300, 5), fourDirections(200, 6)];
    using backend = await createCpuBackend({ threads: 1 });
    using model = new CentralSubspace({ backend, method: 'rfm' });
    await model.fit(given(sample), sample.y, { validation: { x: given(held), y: held.y } });
    expect(model.selection?.found).toBe(4);
  });
});

describe('directions', () => {
  const methods: readonly SubspaceMethod[] = [
    'opg',
    'refinedMave',
    'agop',
    'sir',
    'save',
    'dr',
    'phd',
    'modalOpg',
  ];

  test.each(methods)('%s: features in other units and places give the same subspace', async (method) => {
    const sample = fourDirections(150, 7);
    const scales = Array.from({ length: 10 }, (_, k) => 10 ** (k - 4));
    const moved = sample.x.data.map((v, at) => 1000 + v * (scales[at % 10] as number));
    using plain = await fitted(sample, { method, dimension: 2 });
    using scaled = await fitted({ ...sample, x: { ...sample.x, data: moved } }, { method, dimension: 2 });
    const [a, b] = [plain.loadings.data, scaled.loadings.data];
    expect(Math.max(...Array.from(a, (value, i) => Math.abs(value - (b[i] as number))))).toBeLessThan(1e-5);
    // And the basis is in the new units.
    const basis = Array.from({ length: 10 }, (_, k) =>
      [0, 1].map((j) => (plain.basis.data[2 * k + j] as number) / (scales[k] as number)),
    );
    expect((await subspaceDistance(scaled.basis, basis)).spectral).toBeLessThan(1e-4);
  });

  test.each(methods)('%s: turned features turn the directions', async (method) => {
    const sample = fourDirections(150, 8);
    // A rotation of each pair of neighboring features by 0.6.
    const [c, s] = [Math.cos(0.6), Math.sin(0.6)];
    const turn = (v: Float64Array | readonly number[]) =>
      Array.from(v, (value, k) =>
        k % 2 === 0 ? c * value - s * (v[k + 1] as number) : s * (v[k - 1] as number) + c * value,
      );
    const rows = Array.from({ length: 150 }, (_, i) => turn(sample.x.data.subarray(10 * i, 10 * i + 10)));
    const options = { method, dimension: 2, standardize: false };
    using plain = await fitted(sample, options);
    using turned = await fitted(
      { ...sample, x: { ...sample.x, data: Float64Array.from(rows.flat()) } },
      options,
    );
    const columns = [0, 1].map((j) =>
      turn(Array.from({ length: 10 }, (_, k) => plain.basis.data[2 * k + j] as number)),
    );
    const expected = Array.from({ length: 10 }, (_, k) => columns.map((column) => column[k] as number));
    expect((await subspaceDistance(turned.basis, expected)).spectral).toBeLessThan(1e-5);
  });

  test.each(['refinedMave', 'dr', 'agop', 'rfm'] as const)(
    '%s finds the same in any unit',
    async (method) => {
      const sample = rational(120, 3);
      const options = { method, dimension: 2, standardize: false };
      using plain = await fitted(sample, options);
      for (const unit of [2 ** -60, 2 ** 90]) {
        const x = { ...sample.x, data: sample.x.data.map((value) => value * unit) };
        using scaled = await fitted({ ...sample, x }, options);
        expect((await subspaceDistance(scaled.basis, plain.basis)).spectral).toBeLessThan(1e-6);
        const vanishes = fitted({ ...sample, x }, { ...options, dtype: 'float32' });
        await expect(vanishes).rejects.toMatchObject({
          code: 'VALUE',
          message: /^Squares of X (vanish|overflow)/,
        });
      }
      const far = plain.predict([Array(10).fill(1e200)]);
      await expect(far).rejects.toThrow(
        /^Squares of X overflow in float64: column 0 is up to 1\.00e\+200 from its mean/,
      );
    },
  );

  test('transform gives standardized features times loadings, for every kind of input', async () => {
    const sample = rational(200, 9);
    using backend = await createCpuBackend({ threads: 1 });
    using model = new CentralSubspace({ backend, dimension: 2 });
    await model.fit(given(sample), sample.y);
    const { data, shape } = await model.transform(given(sample));
    expect(shape).toEqual([200, 2]);
    const rows = Array.from({ length: 200 }, (_, i) =>
      Array.from(sample.x.data.subarray(10 * i, 10 * i + 10)),
    );
    expect(await model.transform(rows)).toEqual({ data, shape });
    // Linear in x, with the span of `basis`: moving x outside of it moves nothing.
    const p = await projector(model.basis);
    const inside = rows.map((row) =>
      row.map((_, k) => row.reduce((sum, value, l) => sum + (p[10 * k + l] as number) * value, 0)),
    );
    const again = await model.transform(inside);
    const difference = Array.from(again.data, (value, i) => value - (data[i] as number));
    const [first, second] = [difference[0] as number, difference[1] as number];
    for (const [i, value] of difference.entries()) expect(value).toBeCloseTo(i % 2 === 0 ? first : second, 9);
    // Loadings are orthonormal.
    const loadings = model.loadings.data;
    for (const [a, b] of [
      [0, 0],
      [0, 1],
      [1, 1],
    ] as const) {
      let inner = 0;
      for (let k = 0; k < 10; k++) inner += (loadings[2 * k + a] as number) * (loadings[2 * k + b] as number);
      expect(inner).toBeCloseTo(a === b ? 1 : 0, 12);
    }
  });

  test('constant and repeated columns get no direction of their own', async () => {
    const sample = rational(200, 10);
    const rows = Array.from({ length: 200 }, (_, i) => {
      const row = Array.from(sample.x.data.subarray(10 * i, 10 * i + 10));
      return [...row, 5, row[3] as number];
    });
    using backend = await createCpuBackend({ threads: 1 });
    for (const method of ['refinedMave', 'opg', 'sir', 'save', 'phd', 'agop'] as const) {
      using model = new CentralSubspace({ backend, method, dimension: 2 });
      await model.fit(rows, sample.y);
      const { data } = model.loadings;
      expect(Math.hypot(data[20] as number, data[21] as number), method).toBeLessThan(1e-6);
      expect(Array.from(data).every(Number.isFinite)).toBe(true);
    }
  });

  test('classes: the direction between them, by slices and by local regression', async () => {
    const n = 240;
    const labels = Array.from({ length: n }, (_, i) => ['a', 'b', 'c'][i % 3] as string);
    const x = Array.from({ length: n }, (_, i) => {
      const row = Array.from(randomArray(5, 'normal', { seed: i }, 'float64'));
      row[1] = (row[1] as number) + 4 * (i % 3);
      return row;
    });
    using backend = await createCpuBackend({ threads: 1 });
    for (const method of ['sir', 'opg', 'agop'] as const) {
      using model = new CentralSubspaceClassifier<string>({ backend, method });
      await model.fit(x, labels);
      expect(model.classes).toEqual(['a', 'b', 'c']);
      expect(model.dimension, method).toBe(1);
      expect((await subspaceDistance(model.basis, [0, 1, 0, 0, 0])).missed, method).toBeLessThan(0.1);
      expect(await model.score(x, labels)).toBeGreaterThan(0.9);
      const shares = await model.predictProba(x.slice(0, 2));
      expect((shares[0] as number) + (shares[1] as number) + (shares[2] as number)).toBeCloseTo(1, 12);
    }
  });

  test('several outputs share their directions', async () => {
    const sample = rational(300, 11);
    const [a, b] = [sample.x.data, 10];
    const y = Array.from({ length: 300 }, (_, i) => [a[b * i] as number, (a[b * i + 1] as number) ** 2]);
    using backend = await createCpuBackend({ threads: 1 });
    for (const method of ['opg', 'mave', 'save', 'agop'] as const) {
      using model = new CentralSubspace({ backend, method, dimension: 2 });
      await model.fit(given(sample), y);
      const truth = Array.from({ length: 10 }, (_, k) => [Number(k === 0), Number(k === 1)]);
      expect((await subspaceDistance(model.basis, truth)).missed, method).toBeLessThan(0.1);
    }
  });
});

describe('work in blocks', () => {
  test('memory stays within the budget, and the directions are the same', async () => {
    const sample = fourDirections(600, 12);
    using backend = await createCpuBackend({ threads: 1 });
    const found: Record<string, ArrayLike<number>> = {};
    for (const memory of [64 * 2 ** 20, 2 * 2 ** 20]) {
      using model = new CentralSubspace({ backend, method: 'mave', dimension: 4, memory, iterations: 2 });
      backend.resetPeak();
      await model.fit(given(sample), sample.y);
      // Rows, their coordinates and targets are held besides.
      expect(backend.memory().peakBytes).toBeLessThan(1.25 * memory + 8 * 600 * 40);
      found[memory] = model.loadings.data;
    }
    const [few = [], many = []] = Object.values(found);
    for (const [i, value] of Array.from(few).entries()) expect(value).toBeCloseTo(many[i] as number, 6);
  });

  test('fewer centers than rows still find the directions', async () => {
    const sample = fourDirections(800, 13);
    using model = await fitted(sample, { centers: 300, method: 'refinedOpg', dimension: 4 });
    const truth = { data: sample.truth.data, shape: [10, 4] };
    expect((await subspaceDistance(model.basis, truth)).missed).toBeLessThan(0.03);
  });

  test('float32 finds the same subspace', async () => {
    const sample = fourDirections(200, 14);
    using wide = await fitted(sample, { dimension: 4, method: 'mave' });
    using narrow = await fitted(sample, { dimension: 4, method: 'mave', dtype: 'float32' });
    expect((await subspaceDistance(narrow.basis, wide.basis)).spectral).toBeLessThan(0.01);
  });
});

describe('what is refused', () => {
  const backend = createNaiveBackend();
  const x = Array.from({ length: 20 }, (_, i) => [Math.sin(i), Math.cos(3 * i), Math.sin(7 * i)]);
  const y = x.map(([a = 0]) => a);

  test.each([
    [{ method: 'mavee' }, 'method must be one of'],
    [{ dimension: 0 }, 'dimension must be a whole number from 1, or one of auto'],
    [{ dimension: 'most' }, 'dimension must be'],
    [{ slices: 1 }, 'slices must be a whole number from 2'],
    [{ bandwidth: 0 }, 'bandwidth must be a positive number'],
    [{ level: 2 }, 'level must be above 0 and at most 1'],
    [{ standardise: true }, 'Did you mean standardize?'],
  ])('%j', (options, message) => {
    const make = () => new CentralSubspace({ backend, ...(options as object) });
    expect(make).toThrow(
      expect.objectContaining({ code: 'OPTION', message: expect.stringContaining(message) }),
    );
  });

  test('features and targets that do not vary, too few rows, modal regression of classes', async () => {
    const model = new CentralSubspace({ backend });
    const constant = x.map(() => [1, 2, 3]);
    await expect(model.fit(constant, y)).rejects.toMatchObject({
      code: 'VALUE',
      message: /No feature varies/,
    });
    await expect(
      model.fit(
        x,
        y.map(() => 1),
      ),
    ).rejects.toMatchObject({ code: 'VALUE' });
    await expect(model.fit(x.slice(0, 2), [1, 2])).rejects.toMatchObject({ code: 'VALUE' });
    const modal = new CentralSubspaceClassifier({ backend, method: 'modalOpg' });
    const labels = y.map((value) => value > 0);
    await expect(modal.fit(x, labels)).rejects.toMatchObject({ code: 'OPTION', option: 'method' });
    expect(backend.memory().tensors).toBe(0);
  });

  test('more directions than features are as many as there are', async () => {
    using model = new CentralSubspace({ backend, dimension: 9, method: 'opg' });
    await model.fit(x, y);
    expect(model.dimension).toBe(3);
  });
});
