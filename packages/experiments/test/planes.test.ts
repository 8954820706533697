import { randomArray } from '@agop/core';
import { expect, test } from 'vitest';
import { ClassPlanes } from '../src/collapse/plane.ts';

/** Rows about three corners of a plane that lies askew in more dimensions, with a spread. */
function rows(spread: number, turn: number) {
  const [n, width] = [90, 12];
  const axes = randomArray(2 * width, 'normal', { seed: 3 }, 'float64');
  const noise = randomArray(n * width, 'normal', { seed: 4 }, 'float64');
  const data = Float64Array.from({ length: n * width }, (_, at) => {
    const [i, j] = [Math.floor(at / width), at % width];
    const angle = turn + (2 * Math.PI * (i % 3)) / 3;
    const [x, y] = [Math.cos(angle), Math.sin(angle)];
    return 5 + x * (axes[j] as number) + y * (axes[width + j] as number) + spread * (noise[at] as number);
  });
  return { data, shape: [n, width] };
}

const labels = Array.from({ length: 90 }, (_, i) => ['a', 'b', 'c'][i % 3] as string);

/** Mean distance of points from the mean of their class, and the means. */
function measured({ classes, points }: { classes: readonly number[]; points: readonly number[] }) {
  const means = [0, 1, 2].map((k) => {
    const own = classes.flatMap((one, i) => (one === k ? [i] : []));
    const mean = (axis: number) =>
      own.reduce((sum, i) => sum + (points[2 * i + axis] as number), 0) / own.length;
    return [mean(0), mean(1)] as const;
  });
  const distances = classes.map((k, i) => {
    const [x, y] = means[k] as readonly [number, number];
    return Math.hypot((points[2 * i] as number) - x, (points[2 * i + 1] as number) - y);
  });
  return { means, scatter: distances.reduce((sum, d) => sum + d, 0) / distances.length };
}

test('classes that draw together do so on the plane, and the plane does not turn between depths', () => {
  const planes = new ClassPlanes(labels);
  const wide = measured(planes.add(0, rows(0.3, 0)));
  const narrow = measured(planes.add(1, rows(0.01, 1)));
  const points = measured(planes.add(2, rows(0, 4)));
  expect(narrow.scatter).toBeLessThan(wide.scatter / 5);
  expect(points.scatter).toBeLessThan(1e-9);
  for (const { means } of [wide, narrow, points]) {
    expect(means.reduce((sum, [x, y]) => sum + x * x + y * y, 0) / 3).toBeCloseTo(1, 6);
  }
  // The plane was turned by 1 and by 4, but the means are drawn where they were.
  for (const [k, [x, y]] of points.means.entries()) {
    const [u = 0, v = 0] = narrow.means[k] ?? [];
    expect(Math.hypot(x - u, y - v)).toBeLessThan(0.1);
  }
  expect(planes.planes.map(({ layer }) => layer)).toEqual([0, 1, 2]);
});

test('two classes lie on a line', () => {
  const planes = new ClassPlanes(labels.map((label) => (label === 'c' ? 'a' : label)));
  const { points } = planes.add(0, rows(0.1, 0));
  expect(points.every(Number.isFinite)).toBe(true);
});
