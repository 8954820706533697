import { eventLoopTurn, randomPermutation, subkey, throwIfAborted } from '@agop/core';
import { addTo, firstColumns, type HostMatrix, product, transposed, zeros } from '../linear/matrix.ts';
import { orthonormalized, rootsOf } from '../linear/symmetric.ts';
import type { DirectionFinder, MethodSettings, Problem } from '../methods/problem.ts';
import type { DimensionSelection } from './selection.ts';

/** How the test is done. */
export interface PermutationTestOptions {
  /** Permutations for each dimension. */
  readonly permutations: number;
  /** Level: the search ends at the first p-value above it. */
  readonly level: number;
  /** Largest dimension. */
  readonly most: number;
}

/** Eigenvalues up to this part of their sum are 0 but for rounding: SIR of two classes has one above it. */
const rounding = 1e-9;

/**
 * The dimension by permutation tests: for k = 0, 1, …, whether there are more than k directions. What the
 * features have outside of the first k directions (in whitened coordinates) is permuted among the rows; where
 * nothing depends on it, the sum of the eigenvalues after the k-th is as large as before. Exact where that
 * part is independent of the others and of y, as with normal features.
 *
 * Source: Cook & Yin, "Dimension reduction and visualization in discriminant analysis", Aust. N. Z. J. Stat.
 * 43 (2001).
 *
 * @param finder at work on the problem
 * @param another makes a finder for a permuted problem
 */
export async function dimensionByPermutation(
  finder: DirectionFinder,
  problem: Problem,
  another: (permuted: Problem) => DirectionFinder,
  { permutations, level, most }: PermutationTestOptions,
  { seed, signal }: Pick<MethodSettings, 'seed' | 'signal'>,
): Promise<DimensionSelection> {
  const { x } = problem;
  const { root, inverse } = rootsOf(covarianceOf(x));
  const whitened = product(x, inverse);
  const values = await finder.eigenvalues();
  const negligible = rounding * rest(values, 0);
  const scores: number[] = [];
  let found = most;
  for (let k = 0; k <= most; k++) {
    if (k === most && k < x.columns) break;
    const statistic = rest(values, k);
    const own = k === 0 ? undefined : product(root, (await finder.directions(k)).basis);
    const kept = own && insideOf(whitened, orthonormalized(own));
    let larger = 0;
    for (let b = 0; b < permutations; b++) {
      await eventLoopTurn();
      throwIfAborted(signal, 'The permutation test');
      const order = randomPermutation(x.rows, subkey(seed, 'permutation', k * permutations + b));
      const permuted = another({ ...problem, x: product(permute(whitened, kept, order), root) });
      try {
        if (rest(await permuted.eigenvalues(), k) >= statistic - negligible) larger++;
      } finally {
        permuted.dispose();
      }
    }
    const p = (1 + larger) / (1 + permutations);
    scores.push(p);
    if (p > level) {
      found = k;
      break;
    }
  }
  return { rule: 'permutation', found, scores, first: 0 };
}

/** The sum of the eigenvalues after the k-th. */
function rest(values: Float64Array, k: number): number {
  return values.slice(k).reduce((sum, value) => sum + value, 0);
}

/** The part of each row within a subspace. */
function insideOf(z: HostMatrix, basis: HostMatrix): HostMatrix {
  return product(product(z, basis), transposed(basis));
}

/** Rows that keep the part inside, and have the part outside of another row. */
function permute(z: HostMatrix, inside: HostMatrix | undefined, order: Int32Array): HostMatrix {
  const outside = zeros(z.rows, z.columns);
  const rest = { ...z, data: z.data.slice() };
  if (inside) addTo(rest, inside, -1);
  order.forEach((from, to) => {
    outside.data.set(rest.data.subarray(from * z.columns, (from + 1) * z.columns), to * z.columns);
  });
  if (inside) addTo(outside, inside);
  return outside;
}

/** XᵀX / n of rows that are counted from their means. */
function covarianceOf(x: HostMatrix): HostMatrix {
  const { data, rows: n, columns: p } = x;
  const out = zeros(p, p);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < p; k++) {
      const factor = (data[i * p + k] as number) / n;
      for (let l = 0; l <= k; l++) {
        const at = k * p + l;
        out.data[at] = (out.data[at] as number) + factor * (data[i * p + l] as number);
      }
    }
  }
  for (let k = 0; k < p; k++) {
    for (let l = 0; l < k; l++) out.data[l * p + k] = out.data[k * p + l] as number;
  }
  return firstColumns(out, p);
}
