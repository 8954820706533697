import {
  type ConformanceCase,
  cell,
  defineCase,
  demand,
  type Grid,
  grid,
  type Trial,
} from '@agop/conformance';
import type { Extension, Tensor } from '@agop/core';
import { type ArcCosineRecursionOptions, arcCosineRecursion } from './recursion.ts';

type Recursion = Extension<readonly [Tensor, Tensor], ArcCosineRecursionOptions>;

/** A case that passes where the backend does not have the operation. */
function define(name: string, body: (t: Trial, run: Recursion) => Promise<void>): ConformanceCase {
  return defineCase('arcCosineRecursion', name, async (t) => {
    const run = t.ops.extension(arcCosineRecursion);
    if (run) await body(t, run);
  });
}

/** Images of both sides, length of a patch, options. */
const geometries: readonly (readonly [readonly [number, number], number, ArcCosineRecursionOptions])[] = [
  [[1, 1], 1, { grids: [{ height: 1, width: 1 }], size: 3 }],
  [[3, 2], 4, { grids: [{ height: 3, width: 5 }], size: 3, scale: 0.5 }],
  [[5, 7], 9, { grids: grids(7, 6, 3, 3, 0), size: 3 }],
  [[4, 3], 9, { grids: grids(7, 6, 3, 3, 0), size: 3, tangent: false }],
  [[2, 9], 18, { grids: grids(5, 6, 3, 3, 1), size: 3, padding: 1, scale: 0.5 }],
  [[6, 1], 8, { grids: grids(9, 9, 2, 2, 0), size: 2 }],
  [[1, 6], 3, { grids: grids(11, 13, 2, 5, 2), size: 5, padding: 2, tangent: false }],
  [[17, 18], 27, { grids: grids(10, 9, 2, 3, 0), size: 3, scale: 1 / 3 }],
  [[0, 2], 4, { grids: [{ height: 2, width: 2 }], size: 2 }],
  [[2, 0], 4, { grids: [{ height: 2, width: 2 }], size: 2 }],
];

/** What {@link arcCosineRecursion} requires of the backends that have it; others pass. */
export const arcCosineRecursionCases: readonly ConformanceCase[] = [
  ...geometries.map(([[n, m], d, options]) => {
    const { grids: layers, size, padding = 0, tangent = true } = options;
    const [first] = layers as [{ height: number; width: number }];
    const name = `${n} x ${m} images, ${layers.length} layers from ${first.height} x ${first.width}, size ${size}, padding ${padding}, ${tangent ? 'tangents' : 'covariances'}`;
    return define(name, async (t, run) => {
      const positions = first.height * first.width;
      const x = t.sample(n * positions, d, 1);
      const z = t.sample(m * positions, d, 2);
      // A common patch, its negative, and none at all.
      for (let k = 0; k < d && n > 0 && m > 0; k++) {
        z.data[k] = x.data[k] as number;
        if (positions > 2) {
          z.data[d + k] = -(x.data[d + k] as number);
          x.data[2 * d + k] = 0;
        }
      }
      const expected = grid(n, m, (i, j) => reference(part(x, i, positions), part(z, j, positions), options));
      const result = run([t.upload(x), t.upload(z)], options);
      const largest = expected.data.reduce((most, value) => Math.max(most, value), 0);
      // The arc cosine next to 1 keeps half the digits.
      const tolerance = (tangent ? 4 * Math.sqrt(t.epsilon) : 100 * t.epsilon) * largest;
      await t.close('kernel', result, [n, m], expected.data, tolerance);
    });
  }),

  define('one set of images: the same, and exactly symmetric', async (t, run) => {
    const options = { grids: grids(6, 7, 2, 3, 0), size: 3 };
    const x = t.upload(t.sample(11 * 42, 9, 3));
    const whole = await t.read(run([x, t.ops.clone(x)], options));
    const half = await t.read(run([x, x], { ...options, symmetric: true }));
    for (let i = 0; i < 11; i++) {
      for (let j = 0; j < 11; j++) {
        demand(cell(half, i, j) === cell(half, j, i), `(${i}, ${j}) and (${j}, ${i}) must be equal.`);
        const difference = Math.abs(cell(half, i, j) - cell(whole, i, j));
        demand(difference <= 100 * t.epsilon * cell(whole, i, i), `(${i}, ${j}) must be as in the whole.`);
      }
    }
  }),

  define('mistakes', async (t, run) => {
    const x = t.upload(t.sample(12, 4, 1));
    const one = [{ height: 2, width: 3 }];
    const y = t.upload(t.sample(12, 5, 1));
    await t.fails('patches of different length', 'SHAPE', () => run([x, y], { grids: one, size: 2 }));
    await t.fails('rows that are no images', 'SHAPE', () =>
      run([x, x], { grids: [{ height: 5, width: 1 }], size: 2 }),
    );
    await t.fails('no layer', 'OPTION', () => run([x, x], { grids: [], size: 2 }));
    await t.fails('size 0', 'OPTION', () => run([x, x], { grids: one, size: 0 }));
    await t.fails('scale 0', 'OPTION', () => run([x, x], { grids: one, size: 2, scale: 0 }));
    await t.fails('a grid that does not follow', 'OPTION', () =>
      run([x, x], { grids: [...one, { height: 2, width: 2 }], size: 2 }),
    );
    const half = t.ops.rows(x, 0, 6);
    await t.fails('not symmetric', 'SHAPE', () => run([x, half], { grids: one, size: 2, symmetric: true }));
    half.dispose();
    await t.fails('disposed', 'DISPOSED', () => run([x, half], { grids: one, size: 2 }));
  }),
];

/** Grids of some layers, each by windows over the former. */
function grids(height: number, width: number, layers: number, size: number, padding: number) {
  const change = 2 * padding - size + 1;
  return Array.from({ length: layers }, (_, layer) => ({
    height: height + layer * change,
    width: width + layer * change,
  }));
}

function part(g: Grid, image: number, positions: number): Grid {
  const length = positions * g.columns;
  return {
    rows: positions,
    columns: g.columns,
    data: g.data.slice(image * length, (image + 1) * length),
  };
}

/** The recursion as the contract defines it, for two images. */
function reference(x: Grid, z: Grid, options: ArcCosineRecursionOptions): number {
  const { grids: layers, size, padding = 0, scale = 1, tangent = true } = options;
  const inner = (a: Grid, b: Grid, p: number): number => {
    let sum = 0;
    for (let k = 0; k < a.columns; k++) sum += cell(a, p, k) * cell(b, p, k);
    return scale * sum;
  };
  const at = Array.from({ length: x.rows }, (_, p) => p);
  let s = at.map((p) => inner(x, z, p));
  let t = s;
  let vx = at.map((p) => inner(x, x, p));
  let vz = at.map((p) => inner(z, z, p));
  layers.forEach((layer, index) => {
    const before = layers[index - 1];
    if (before) {
      const sums = (field: number[]): number[] => windows(field, before, layer, size, padding);
      [s, t, vx, vz] = [sums(s), sums(t), sums(vx), sums(vz)];
      t = t.map((value, p) => value + (s[p] as number));
    }
    const n = vx.map((v, p) => Math.sqrt(v * (vz[p] as number)));
    const c = s.map((value, p) => {
      const cosine = n[p] === 0 ? 0 : value / (n[p] as number);
      return Math.abs(cosine) > 1 - 2 ** -40 ? Math.sign(cosine) : cosine;
    });
    const k0 = c.map((cosine) => 1 - Math.acos(cosine) / Math.PI);
    t = t.map((value, p) => value * (k0[p] as number));
    s = c.map((cosine, p) => {
      const sine = Math.sqrt((1 - cosine) * (1 + cosine));
      return (n[p] as number) * (sine / Math.PI + cosine * (k0[p] as number));
    });
  });
  return s.reduce((sum, value, p) => sum + value + (tangent ? (t[p] as number) : 0), 0) / s.length;
}

function windows(
  field: readonly number[],
  from: { readonly height: number; readonly width: number },
  to: { readonly height: number; readonly width: number },
  size: number,
  padding: number,
): number[] {
  return Array.from({ length: to.height * to.width }, (_, p) => {
    const [top, left] = [Math.floor(p / to.width) - padding, (p % to.width) - padding];
    let sum = 0;
    for (let y = Math.max(0, top); y < Math.min(from.height, top + size); y++) {
      for (let x = Math.max(0, left); x < Math.min(from.width, left + size); x++) {
        sum += field[y * from.width + x] as number;
      }
    }
    return sum;
  });
}
