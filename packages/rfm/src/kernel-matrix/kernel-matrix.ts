import { type Backend, floatDType, machineEpsilon, Scope, type Tensor } from '@agop/core';
import { checkGiven } from '@agop/core/options';
import type { InnerProductKernel, Kernel } from '../kernels/kernel.ts';
import type { Metric } from '../metric/metric.ts';
import { coordinateInputs, coordinateSums } from './coordinate-sums.ts';
import { farOrigin, isOfDistances } from './far-origin.ts';
import { pickInputs } from './inputs.ts';
import { type Points, preparePoints, samePoints } from './points.ts';
import { pairwiseByEntries } from './sparse-pairwise.ts';

/** Options of {@link kernelMatrix}. */
export interface KernelMatrixOptions {
  /** Tensor [n, m] to write into; returned. */
  readonly out?: Tensor;
}

/**
 * The kernel matrix k(x_i, z_j), [n, m]. With z the same tensor as x it is symmetric, and only half of it is
 * computed.
 *
 * Squared distances are p + q - 2u, exact to the rounding of p and q. For kernels of distances, columns of z
 * whose mean is more than 4 standard deviations from 0 are therefore counted from that mean, in x as well: as
 * many digits are left as the tensors themselves have of the differences. Other kernels see the origin: in
 * float32 an angle between far points is rounding.
 *
 * @param x [n, d]
 * @param z [m, d]
 * @throws {ShapeError} where they do not go together or with the metric
 * @throws {DTypeError} where they do not go together or with the metric
 */
export function kernelMatrix(
  backend: Backend,
  kernel: Kernel,
  x: Tensor,
  z: Tensor,
  metric: Metric,
  options: KernelMatrixOptions = {},
): Tensor {
  checkGiven('kernelMatrix()', options, { out: true });
  using scope = new Scope(backend);
  const { ops } = scope;
  const origin = isOfDistances(kernel) ? farOrigin(ops, z) : undefined;
  const left = preparePoints(ops, kernel, metric, x, origin);
  const right = x === z ? left : preparePoints(ops, kernel, metric, z, origin);
  return kernelOfPoints(backend, kernel, left, right, options);
}

/** The kernel matrix of prepared points; symmetric where both are the same. */
export function kernelOfPoints(
  backend: Backend,
  kernel: Kernel,
  x: Points,
  z: Points,
  options: KernelMatrixOptions = {},
): Tensor {
  if (kernel.geometry === 'inner') {
    return kernelPart(backend, kernel, 'value', { x, z, out: options.out });
  }
  if (kernel.geometry === 'coordinates') {
    const sums = coordinateSums(backend, kernel, x, z, options);
    const bindings = { s: sums, ...pickInputs(kernel.value, coordinateInputs(kernel, x)) };
    return backend.map(kernel.value, bindings, { out: sums });
  }
  const distances = backend.powerDistances(x.coordinates, z.coordinates, kernel.p);
  try {
    const bindings = { s: distances, ...pickInputs(kernel.value, kernel.parameters) };
    if (!options.out) return backend.map(kernel.value, bindings, { out: distances });
    backend.map(kernel.value, bindings, { out: options.out });
    distances.dispose();
    return options.out;
  } catch (error) {
    distances.dispose();
    throw error;
  }
}

/** Prepared points to compare, and where to put the result. */
interface PointPairs {
  readonly x: Points;
  readonly z: Points;
  readonly out?: Tensor | undefined;
}

/** A kernel of inner products over all pairs of prepared points, or its derivative by `u` or `p`: [n, m]. */
export function kernelPart(
  backend: Backend,
  kernel: InnerProductKernel,
  part: 'value' | 'u' | 'p',
  { x, z, out }: PointPairs,
): Tensor {
  const expression = part === 'value' ? kernel.value : kernel.derivatives[part];
  const rows = z.asRows();
  const available = {
    ...kernel.parameters,
    p: x.squares,
    q: rows.squares,
    roundingP: x.rounding,
    roundingQ: rows.rounding,
    epsilon: machineEpsilon(floatDType(x.weighted)),
  };
  const inputs = pickInputs(expression, available);
  // κ is symmetric, and so is κ_u; κ_p is not.
  const symmetric = part !== 'p' && samePoints(x, z);
  if (out) return backend.pairwise(x.weighted, z.coordinates, expression, { inputs, symmetric, out });
  return (
    pairwiseByEntries(backend, x.weighted, z.nonzeros, expression, { inputs, symmetric }) ??
    backend.pairwise(x.weighted, z.coordinates, expression, { inputs, symmetric })
  );
}
