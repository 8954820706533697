import { DTypeError, ShapeError, UnknownLabelError, ValueError } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import {
  centeredCosines,
  classCovariances,
  classStatistics,
  collapseDrop,
  collapseMetrics,
  nc1,
  nc2,
  nc3,
  nc4,
  rowsByClass,
  totalDrop,
} from '@agop/deep-rfm';
import { describe, expect, test } from 'vitest';
import { clouds, multiply, randomRotation } from './data.ts';

const { x, y } = clouds(40, 6, 4);
const [, d] = x.shape;

describe('invariance', () => {
  const rotation = randomRotation(d);
  const moved = { data: multiply(x.data, rotation, d, 37.5), shape: x.shape };

  test('NC1 and NC2 do not change with rotation and scale', async () => {
    const [before, after] = [await collapseMetrics(x, y), await collapseMetrics(moved, y)];
    expect(after.nc1.ratio).toBeCloseTo(before.nc1.ratio, 12);
    expect(after.nc1.scattering).toBeCloseTo(before.nc1.scattering, 12);
    for (const key of ['distance', 'equinorm', 'equiangle', 'maximalAngle'] as const) {
      expect(after.nc2[key]).toBeCloseTo(before.nc2[key], 12);
    }
  });

  test.each([1e-85, 1e78])('not even with features %d times as large', async (factor) => {
    const scaled = { data: x.data.map((value) => value * factor), shape: x.shape };
    const [before, after] = [await collapseMetrics(x, y), await collapseMetrics(scaled, y)];
    expect(after.nc1.ratio).toBeCloseTo(before.nc1.ratio, 12);
    expect(after.nc1.scattering).toBeCloseTo(before.nc1.scattering, 12);
    for (const key of ['distance', 'equinorm', 'equiangle', 'maximalAngle'] as const) {
      expect(after.nc2[key]).toBeCloseTo(before.nc2[key], 12);
    }
  });

  test('NC1 and NC2 do not change with a shift', async () => {
    const shifted = { data: x.data.map((value, at) => value + (at % d)), shape: x.shape };
    const [before, after] = [await collapseMetrics(x, y), await collapseMetrics(shifted, y)];
    expect(after.nc1.ratio).toBeCloseTo(before.nc1.ratio, 12);
    expect(after.nc2.distance).toBeCloseTo(before.nc2.distance, 12);
  });

  test('NC3 does not change when features and classifier rotate together, nor with their scales', async () => {
    const classifier = { data: Float64Array.from({ length: 4 * d }, (_, at) => Math.sin(at)), shape: [4, d] };
    const turned = { data: multiply(classifier.data, rotation, d, 0.01), shape: [4, d] };
    expect(await nc3(moved, y, turned)).toBeCloseTo(await nc3(x, y, classifier), 12);
  });

  test('NC4 does not change with rotation and scale', async () => {
    const predictions = y.map((label, i) => (i % 3 === 0 ? 'class 1' : label));
    expect(await nc4(moved, y, predictions)).toBe(await nc4(x, y, predictions));
  });

  test('the order of samples does not matter', async () => {
    const order = Array.from({ length: 40 }, (_, i) => (i * 17) % 40);
    const rows = order.map((i) => x.data.slice(i * d, (i + 1) * d));
    const shuffled = await collapseMetrics(
      rows,
      order.map((i) => y[i] as string),
    );
    expect(shuffled.nc1.ratio).toBeCloseTo((await nc1(x, y)).ratio, 13);
  });
});

describe('perfect collapse', () => {
  // Classes at 0.1-multiples, whose plain sums would round.
  const means = clouds(4, 6, 4, 0).x.data.map((value) => value + 0.1);
  const collapsed = {
    data: Float64Array.from(
      { length: 28 * d },
      (_, at) => means[(Math.floor(at / d) % 4) * d + (at % d)] as number,
    ),
    shape: [28, d],
  };
  const labels = Array.from({ length: 28 }, (_, i) => i % 4);

  test('NC1 is 0, exactly', async () => {
    expect(await nc1(collapsed, labels)).toEqual({ ratio: 0, scattering: 0 });
  });

  test('NC4 is 1 for the right predictions', async () => {
    expect(await nc4(collapsed, labels, labels)).toBe(1);
  });

  test.each([2, 4])('NC2 is 0, exactly, for the corners of a simplex of %i classes', async (classes) => {
    const corners = Array.from({ length: 3 * classes }, (_, i) =>
      Array.from({ length: classes }, (_, j) => (j === i % classes ? 8 : 0)),
    );
    const { nc2: found } = await collapseMetrics(
      corners,
      corners.map((_, i) => i % classes),
    );
    expect(found).toEqual({ distance: 0, equinorm: 0, equiangle: 0, maximalAngle: 0 });
  });

  test.each([3, 5, 10])('NC2 is rounding for a turned simplex of %i classes', async (classes) => {
    const corners = Float64Array.from({ length: classes * classes }, (_, at) =>
      at % (classes + 1) === 0 ? 1 : 0,
    );
    const turned = multiply(corners, randomRotation(classes), classes);
    const found = await nc2(
      { data: turned, shape: [classes, classes] },
      Array.from({ length: classes }, (_, i) => i),
    );
    expect(found.distance).toBeLessThan(1e-30);
    expect(Math.max(found.equinorm, found.equiangle, found.maximalAngle)).toBeLessThan(1e-14);
  });

  test('NC3 is 0 for the centered means as classifier, 4 for their opposite', async () => {
    const { centered } = await classStatistics(collapsed, labels);
    expect(await nc3(collapsed, labels, { data: centered, shape: [4, d] })).toBe(0);
    const opposite = { data: centered.map((value) => -3 * value), shape: [4, d] };
    expect(await nc3(collapsed, labels, opposite)).toBeCloseTo(4, 12);
  });
});

describe('values', () => {
  test('NC1 by hand', async () => {
    // Means (0, 0) and (4, 0), their middle (2, 0): tr Σ_B = 4. Residuals ±1: tr Σ_W = 1.
    const features = [
      [0, 1],
      [0, -1],
      [3, 0],
      [5, 0],
    ];
    const found = await nc1(features, ['a', 'a', 'b', 'b']);
    expect(found.ratio).toBeCloseTo(1 / 4, 15);
    // Σ_B⁺ = diag(1/4, 0): only the residuals along the means count, (0 + 0 + 1 + 1) / 4 / 4 / 2 classes.
    expect(found.scattering).toBeCloseTo(1 / 16, 15);
  });

  test('scattering is tr(Σ_W Σ_B⁺) / C: against the matrices', async () => {
    // Two classes: Σ_B = m mᵀ with m half the difference of the means, so that Σ_B⁺ = m mᵀ / |m|⁴.
    const two = clouds(30, 5, 2);
    const { within } = await classCovariances(two.x, two.y);
    const { centered } = await classStatistics(two.x, two.y);
    const m = centered.subarray(0, 5);
    const square = m.reduce((sum, value) => sum + value * value, 0);
    let expected = 0;
    for (let a = 0; a < 5; a++) {
      for (let b = 0; b < 5; b++) {
        expected += ((within[a * 5 + b] as number) * (m[a] as number) * (m[b] as number)) / square ** 2 / 2;
      }
    }
    expect((await nc1(two.x, two.y)).scattering / expected).toBeCloseTo(1, 12);
  });

  test('class means count the same, however many samples they have', async () => {
    const { middle } = await classStatistics([[0], [0], [0], [6]], [0, 0, 0, 1]);
    expect(middle).toEqual(Float64Array.of(3));
  });

  test('NC2 parts by hand: orthogonal means of different lengths', async () => {
    const found = await nc2(
      [
        [3, 0],
        [-1, 0],
      ],
      [0, 1],
    );
    expect(found.equinorm).toBe(0);
    const three = await nc2(
      [
        [1, 0],
        [0, 1],
        [-1, -1],
      ],
      [0, 1, 2],
    );
    // Norms 1, 1, √2; cosines 0, -1/√2, -1/√2.
    const average = (2 + Math.SQRT2) / 3;
    expect(three.equinorm).toBeCloseTo(
      Math.sqrt((2 * (1 - average) ** 2 + (Math.SQRT2 - average) ** 2) / 3) / average,
      14,
    );
    expect(three.maximalAngle).toBeCloseTo((0.5 + 2 * (Math.SQRT1_2 - 0.5)) / 3, 14);
    expect(three.distance).toBeCloseTo((2 * 0.25 + 4 * (Math.SQRT1_2 - 0.5) ** 2) / 9, 14);
  });

  test('NC4 counts what the nearest mean says', async () => {
    const features = [[0], [1], [10], [4]];
    const labels = ['a', 'a', 'b', 'b']; // means 0.5 and 7: 4 is nearer to the second by 0.5
    expect(await nc4(features, labels, ['a', 'a', 'b', 'b'])).toBe(1);
    expect(await nc4(features, labels, ['a', 'b', 'b', 'c'])).toBe(0.5);
  });

  test('drops add up, and their shares to 1', () => {
    const first = collapseDrop({ input: 1, projected: 0.01, features: 0.1 });
    expect(first.projection).toBeCloseTo(2, 14);
    expect(first.map).toBeCloseTo(-1, 14);
    expect(first.projectionShare).toBeCloseTo(2, 14);
    const both = totalDrop([first, collapseDrop({ input: 0.1, projected: 0.1, features: 0.01 })]);
    expect(both.total).toBeCloseTo(2, 14);
    expect(both.projectionShare).toBeCloseTo(1, 14);
    expect(collapseDrop({ input: 1, projected: 2, features: 4 }).projectionShare).toBeNull();
    expect(() => collapseDrop({ input: 1, projected: 0, features: 1 })).toThrow(/`projected` is 0/);
  });

  test('features may be tensors', async () => {
    using backend = createNaiveBackend();
    using tensor = backend.tensor(x.data, x.shape, 'float64');
    expect(await nc1(tensor, y)).toEqual(await nc1(x, y));
    expect(tensor.disposed).toBe(false);
    expect(backend.memory().tensors).toBe(1);
  });
});

describe('Gram matrices', () => {
  test('rows are taken class after class', () => {
    const labels = ['b', 'a', 'b', 'b', 'a'];
    expect(rowsByClass(labels, ['a', 'b'])).toEqual([1, 4, 0, 2, 3]);
    expect(rowsByClass(labels, ['a', 'b'], { perClass: 1 })).toEqual([1, 0]);
    expect(rowsByClass(labels, ['b', 'a'], { most: 4 })).toEqual([0, 2, 1, 4]);
  });

  test('cosines after centering: blocks of ones for collapsed classes', async () => {
    const { data, shape } = await centeredCosines([
      [5, 1],
      [5, 1],
      [3, 1],
      [3, 1],
    ]);
    expect(shape).toEqual([4, 4]);
    expect(Array.from(data)).toEqual([1, 1, -1, -1, 1, 1, -1, -1, -1, -1, 1, 1, -1, -1, 1, 1]);
    expect((await centeredCosines([[1], [2], [3]])).data[4]).toBe(0);
  });
});

describe('few samples', () => {
  test('one sample in every class: finite, no variability', async () => {
    const found = await collapseMetrics(
      [
        [1, 0, 0],
        [0, 2, 0],
        [0, 0, 5],
      ],
      [0, 1, 2],
    );
    expect(found.nc1).toEqual({ ratio: 0, scattering: 0 });
    for (const value of Object.values(found.nc2)) expect(Number.isFinite(value)).toBe(true);
  });

  test('one sample in one class: finite', async () => {
    const found = await collapseMetrics(
      [
        [1, 0],
        [3, 0],
        [0, 5],
      ],
      ['a', 'a', 'b'],
    );
    for (const value of [...Object.values(found.nc1), ...Object.values(found.nc2)]) {
      expect(Number.isFinite(value)).toBe(true);
    }
    expect(found.nc1.ratio).toBeGreaterThan(0);
  });

  test('more classes than features can hold: finite', async () => {
    const many = clouds(60, 2, 9);
    const found = await collapseMetrics(many.x, many.y);
    for (const value of [...Object.values(found.nc1), ...Object.values(found.nc2)]) {
      expect(Number.isFinite(value)).toBe(true);
    }
  });

  test('a class whose mean is the middle has cosines 0: finite', async () => {
    const found = await nc2([[1], [0], [-1]], [0, 1, 2]);
    expect(found.distance).toBeCloseTo((1 + 4 * 0.25 + 2 * 0.25) / 9, 14);
  });
});

describe('bad input', () => {
  test('an empty class is named', async () => {
    await expect(
      nc1(x, y, { classes: ['class 0', 'class 1', 'class 2', 'class 3', 'whale'] }),
    ).rejects.toThrow('The class "whale" has no sample, so that it has no mean.');
    await expect(nc2(x, y, { classes: ['class 0'] })).rejects.toThrow(UnknownLabelError);
  });

  test('one class only', async () => {
    await expect(nc1([[1], [2]], ['a', 'a'])).rejects.toThrow(ValueError);
    await expect(nc2([[1], [2]], ['a', 'a'], { classes: ['a'] })).rejects.toThrow(
      'needs two or more classes',
    );
  });

  test('class means that coincide', async () => {
    await expect(nc1([[1], [3], [2]], [0, 0, 1])).rejects.toThrow('All class means coincide');
    await expect(nc3([[1], [3], [2]], [0, 0, 1], [[1], [2]])).rejects.toThrow('All class means coincide');
  });

  test('numbers that do not go together', async () => {
    await expect(nc1(x, y.slice(1))).rejects.toThrow('Features have 40 rows, but there are 39 labels.');
    await expect(nc3(x, y, [[1, 2]])).rejects.toThrow(
      'The classifier must be [4, 6], one row per class, but is [1, 2].',
    );
    await expect(nc4(x, y, ['class 0'])).rejects.toThrow(ShapeError);
    await expect(nc3(x, y, { data: new Float64Array(4 * d), shape: [4, d] })).rejects.toThrow(
      'The classifier is 0',
    );
  });

  test.each([
    [1e-160, 'vanish'],
    [1e160, 'overflow'],
  ])('squares that leave float64: features %d times as large %s', async (factor, fault) => {
    const scaled = { data: x.data.map((value) => value * factor), shape: x.shape };
    for (const measure of [collapseMetrics, nc1, nc2]) {
      const said = new RegExp(`^Squares of features ${fault} in float64: column \\d differs by up to`);
      await expect(measure(scaled, y)).rejects.toMatchObject({ code: 'VALUE', message: said });
    }
  });

  test('values that are no numbers are located', async () => {
    const broken = { data: x.data.with(9, Number.NaN), shape: x.shape };
    await expect(nc1(broken, y)).rejects.toMatchObject({ code: 'VALUE', row: 1, column: 3 });
    await expect(nc1([], [])).rejects.toThrow(ValueError);
  });
});

test.each([[null], [1], [{}]])('NC4 of predictions that are no list: %o', async (odd) => {
  await expect(Reflect.apply(nc4, undefined, [x, y, odd])).rejects.toThrow(DTypeError);
});
