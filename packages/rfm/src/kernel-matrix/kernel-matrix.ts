import { type Backend, type Bindings, type Expression, inputNames, Scope, type Tensor } from '@agop/core';
import type { InnerProductKernel, Kernel } from '../kernels/kernel.ts';
import type { Metric } from '../metric/metric.ts';
import { type Points, preparePoints, samePoints } from './points.ts';

/** Options of {@link kernelMatrix}. */
export interface KernelMatrixOptions {
  /** Tensor [n, m] to write into; returned. */
  readonly out?: Tensor;
}

/**
 * The kernel matrix k(x_i, z_j), [n, m]. With z the same tensor as x it is symmetric, and only half of it is computed.
 *
 * @param x [n, d]
 * @param z [m, d]
 * @throws {ShapeError} {DTypeError} where they do not go together or with the metric
 */
export function kernelMatrix(
  backend: Backend,
  kernel: Kernel,
  x: Tensor,
  z: Tensor,
  metric: Metric,
  options: KernelMatrixOptions = {},
): Tensor {
  using scope = new Scope(backend);
  const left = preparePoints(scope.ops, kernel, metric, x);
  const right = x === z ? left : preparePoints(scope.ops, kernel, metric, z);
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
    return innerExpression(backend, kernel, kernel.value, x, z, samePoints(x, z), options.out);
  }
  const distances = backend.powerDistances(x.coordinates, z.coordinates, kernel.p);
  try {
    const bindings = { s: distances, ...used(kernel.value, kernel.parameters) };
    if (!options.out) return backend.map(kernel.value, bindings, { out: distances });
    backend.map(kernel.value, bindings, { out: options.out });
    distances.dispose();
    return options.out;
  } catch (error) {
    distances.dispose();
    throw error;
  }
}

/** An expression of a kernel's u, p, q (its value or a derivative) over all pairs of prepared points. */
export function innerExpression(
  backend: Backend,
  kernel: InnerProductKernel,
  expression: Expression,
  x: Points,
  z: Points,
  symmetric: boolean,
  out?: Tensor,
): Tensor {
  using scope = new Scope(backend);
  const row = z.squares && scope.ops.reshape(z.squares, [1, z.count]);
  const available = {
    ...kernel.parameters,
    ...(x.squares && { p: x.squares }),
    ...(row && { q: row }),
    epsilon: x.weighted.dtype === 'float64' ? Number.EPSILON : 2 ** -23,
  };
  return backend.pairwise(x.weighted, z.coordinates, expression, {
    inputs: used(expression, available),
    symmetric,
    ...(out && { out }),
  });
}

/** The bindings that an expression asks for. */
export function used(expression: Expression, available: Bindings): Bindings {
  const names = new Set(inputNames(expression));
  return Object.fromEntries(Object.entries(available).filter(([name]) => names.has(name)));
}
