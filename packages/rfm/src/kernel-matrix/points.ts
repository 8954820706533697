import {
  type Backend,
  type FloatDType,
  floatDType,
  input,
  inputNames,
  machineEpsilon,
  multiply,
  OptionError,
  Scope,
  ShapeError,
  subtract,
  type Tensor,
} from '@agop/core';
import type { Kernel } from '../kernels/kernel.ts';
import { identityMetric, type Metric, multiplyByMetric } from '../metric/metric.ts';
import type { Nonzeros } from './nonzeros.ts';

/**
 * Points made ready for a kernel in a metric: with form 'mahalanobis' xᵀMz = (x M) · z, with form 'transform'
 * both sides are transformed. Kernel gradients are sums of `weighted`, which a transform multiplies at the
 * end: see {@link metricOfGradients}.
 */
export interface Points {
  readonly count: number;
  /** [n, d]: x or x A. */
  readonly coordinates: Tensor;
  /** [n, d]: coordinates times M, or `coordinates` itself. */
  readonly weighted: Tensor;
  /** [n, 1]: xᵀMx; undefined for kernels of power distances. */
  readonly squares: Tensor | undefined;
  /**
   * [n, 1]: up to which value a squared distance is rounding alone, in each of its two points' shares; only
   * for kernels of distances and angles. See {@link roundingFactor}.
   */
  readonly rounding: Tensor | undefined;
  /** The entries of `coordinates` that are not 0, where they are known to be few. */
  readonly nonzeros: Nonzeros | undefined;
  /** `squares` and `rounding` as rows [1, n], for centers: made when they are first asked for. */
  asRows(): { readonly squares: Tensor | undefined; readonly rounding: Tensor | undefined };
  /** Frees what was made; not the points that were handed in. */
  dispose(): void;
}

/**
 * The function f_c(x) = Σ_j α_jc k_M(x, z_j): a kernel in a metric, prepared centers, and their coefficients.
 */
export interface KernelExpansion<K extends Kernel = Kernel> {
  readonly kernel: K;
  readonly metric: Metric;
  /** Centers z_j, m of them. */
  readonly centers: Points;
  /** α [m, c] */
  readonly coefficients: Tensor;
}

/** m, c, the number of features d, and the dtype of an expansion. */
export function sizesOf({ centers, coefficients }: Pick<KernelExpansion, 'centers' | 'coefficients'>): {
  readonly m: number;
  readonly c: number;
  readonly d: number;
  readonly dtype: FloatDType;
} {
  return {
    m: centers.count,
    c: coefficients.shape[1] as number,
    d: centers.coordinates.shape[1] as number,
    dtype: floatDType(coefficients),
  };
}

/**
 * Prepares points.
 *
 * @param given [n, d], which stays the caller's and must outlive the result
 * @param origin [1, d], which points are counted from; see {@link farOrigin}
 * @param nonzeros the entries of the given points that are not 0, where these are few
 * @throws {ShapeError} where the metric does not fit, or is a Mahalanobis matrix for a kernel of power
 *   distances
 */
export function preparePoints(
  backend: Backend,
  kernel: Kernel,
  metric: Metric,
  given: Tensor,
  origin?: Tensor,
  nonzeros?: Nonzeros,
): Points {
  checkMetric(kernel, metric, given);
  const scope = new Scope(backend);
  try {
    const x = origin ? scope.own(subtract(backend, given, origin)) : given;
    const transformed = metric.kind !== 'identity' && metric.form === 'transform';
    const coordinates = transformed ? scope.own(multiplyByMetric(backend, x, metric)) : x;
    const weighted =
      transformed || metric.kind === 'identity'
        ? coordinates
        : scope.own(multiplyByMetric(backend, x, metric));
    const { squares, rounding } = measureRows(scope, kernel, coordinates, weighted);
    return {
      count: x.shape[0] ?? 0,
      coordinates,
      weighted,
      squares,
      rounding,
      nonzeros: coordinates === given ? nonzeros : undefined,
      asRows: rowsOf(scope, squares, rounding),
      dispose: () => scope.dispose(),
    };
  } catch (error) {
    scope.dispose();
    throw error;
  }
}

/**
 * What is left to multiply sums of `weighted` to gradients, from both sides to their outer products: A of a
 * transform, nothing of M. Sums of x times M in the end would be the same but for rounding, which M enlarges
 * where terms cancel: by 4 digits with more features than points.
 */
export function metricOfGradients(metric: Metric): Metric {
  return metric.kind === 'identity' || metric.form === 'transform' ? metric : identityMetric;
}

/**
 * Whether two sets of prepared points are one, so that a symmetric function of both is a symmetric matrix.
 */
export function samePoints(x: Points, z: Points): boolean {
  return x.coordinates === z.coordinates && x.weighted === z.weighted;
}

/** The prepared rows `begin` to `end`: prepared alone, the same numbers as within the whole. */
export function preparedRows(backend: Backend, points: Points, begin: number, end: number): Points {
  if (begin === 0 && end === points.count) return { ...points, dispose: () => {} };
  return selectRows(backend, points, end - begin, (tensor) => backend.rows(tensor, begin, end));
}

/** The prepared rows of these numbers (int32), in their order. */
export function gatheredRows(backend: Backend, points: Points, rows: Tensor): Points {
  return selectRows(backend, points, rows.size, (tensor) => backend.gather(tensor, rows));
}

function selectRows(
  backend: Backend,
  points: Points,
  count: number,
  select: (tensor: Tensor) => Tensor,
): Points {
  const scope = new Scope(backend);
  try {
    const coordinates = scope.own(select(points.coordinates));
    const isWeighted = points.weighted !== points.coordinates;
    const weighted = isWeighted ? scope.own(select(points.weighted)) : coordinates;
    const squares = points.squares && scope.own(select(points.squares));
    const rounding = points.rounding && scope.own(select(points.rounding));
    const asRows = rowsOf(scope, squares, rounding);
    const made = { count, coordinates, weighted, squares, rounding, asRows };
    return { ...made, nonzeros: undefined, dispose: () => scope.dispose() };
  } catch (error) {
    scope.dispose();
    throw error;
  }
}

/** Each pass over pairs of points needs these rows: a fit for its matrix, and for its gradients. */
function rowsOf(scope: Scope, squares: Tensor | undefined, rounding: Tensor | undefined): Points['asRows'] {
  let rows: ReturnType<Points['asRows']> | undefined;
  const row = (column: Tensor | undefined): Tensor | undefined =>
    column && scope.ops.reshape(column, [1, column.size]);
  return () => {
    rows ??= { squares: row(squares), rounding: row(rounding) };
    return rows;
  };
}

function checkMetric(kernel: Kernel, metric: Metric, x: Tensor): void {
  if (metric?.kind === 'identity') return;
  if (!['diagonal', 'full'].includes(metric?.kind) || !Array.isArray(metric.tensor?.shape)) {
    throw new OptionError('metric', {
      requirement: 'be identityMetric, fullMetric(…) or diagonalMetric(…)',
      received: metric,
    });
  }
  const d = x.shape[1];
  const expected = metric.kind === 'full' ? [d, d] : [1, d];
  if (metric.tensor.shape.join() !== expected.join()) {
    throw new ShapeError(
      `The metric must be [${expected.join(', ')}] for ${d} features, but is [${metric.tensor.shape.join(', ')}].`,
    );
  }
  if (kernel.geometry !== 'inner' && metric.form !== 'transform') {
    const which = kernel.geometry === 'power' ? ` with p = ${kernel.p}` : '';
    throw new ShapeError(
      `The kernel '${kernel.name}'${which} has no Mahalanobis form: use a metric of the form 'transform'.`,
    );
  }
}

/**
 * Squared distances are differences, p + q - 2u. Two equal points have p = q = u but for rounding, which is
 * at most d ε Σ_k |x_k (Mx)_k| in each, and of the order √d ε. What is below this factor times ε times these
 * sums of both points counts as distance 0: otherwise a point would lie beside itself, and kernels that are
 * steep at 0 (Laplace) would have wrong values and large wrong gradients there. With M = I the sums are p and
 * q; in a learned full metric terms cancel, and the sums are up to some hundred times larger.
 */
export function roundingFactor(features: number): number {
  return Math.max(16, 2 * Math.sqrt(features));
}

/** xᵀMx of each row, and the rounding of distances to it. */
function measureRows(
  scope: Scope,
  kernel: Kernel,
  coordinates: Tensor,
  weighted: Tensor,
): Pick<Points, 'squares' | 'rounding'> {
  if (kernel.geometry !== 'inner') return { squares: undefined, rounding: undefined };
  const { ops } = scope;
  const products = multiply(ops, coordinates, weighted);
  const squares = ops.sum(products, 1);
  // In a metric the terms may cancel. What is left of a square that is 0 is not below 0: its root were NaN.
  if (coordinates !== weighted) ops.map(notNegative, { a: squares }, { out: squares });
  if (!inputNames(kernel.value).includes('roundingP')) {
    products.dispose();
    return { squares, rounding: undefined };
  }
  const factor = roundingFactor(coordinates.shape[1] as number) * machineEpsilon(floatDType(coordinates));
  try {
    // Terms of a sum of squares do not cancel.
    if (coordinates === weighted) return { squares, rounding: multiply(ops, squares, factor) };
    return { squares, rounding: ops.sum(ops.map(bound, { a: products, factor }, { out: products }), 1) };
  } finally {
    products.dispose();
  }
}

const notNegative = input('a').max(0);
const bound = input('a').abs().mul(input('factor'));
