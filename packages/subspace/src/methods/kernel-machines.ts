import { Scope } from '@agop/core';
import { uploadRows } from '@agop/estimators';
import { fitKernelMachine, gaussian, type Kernel, recursiveFeatureMachine } from '@agop/rfm';
import type { HostMatrix } from '../linear/matrix.ts';
import { spreadOf } from './bandwidths.ts';
import type { MethodSettings, Problem } from './problem.ts';

/**
 * The Gaussian kernel of bandwidth √p, in standard deviations of the features: that of Zhu, Davis,
 * Drusvyatskiy, Fazel 2026 (arXiv 2605.15082), exp(-(1 - x·z / p)) on the hypercube. Of features in units of
 * their own, √p times the root of their mean variance.
 *
 * @param x counted from the means of the columns
 */
export function defaultKernel(x: HostMatrix, isStandardized: boolean): Kernel {
  return gaussian({ bandwidth: Math.sqrt(x.columns) * (isStandardized ? 1 : spreadOf(x)) });
}

/**
 * The AGOP of one kernel ridge regression, at the rows that it was fitted to, [p, p].
 *
 * Source: Zhu, Davis, Drusvyatskiy, Fazel 2026 (arXiv 2605.15082).
 */
export async function kernelAgop(
  { x, responses }: Problem,
  { backend, dtype, kernel, kernelRidge, signal }: MethodSettings,
): Promise<HostMatrix> {
  using scope = new Scope(backend);
  const points = uploadRows(scope.ops, x, dtype, 'X');
  const y = uploadRows(scope.ops, responses, dtype, 'y');
  using machine = await fitKernelMachine({
    backend,
    kernel,
    x: points,
    y,
    ridge: kernelRidge,
    signal,
  });
  const agop = scope.own(machine.agop());
  return { data: Float64Array.from(await agop.read()), rows: x.columns, columns: x.columns };
}

/**
 * The AGOP of the last fit of a Recursive Feature Machine, [p, p]: that of a kernel regression in a metric
 * which it has learned.
 *
 * @param iterations metric updates, from 0
 */
export async function recursiveAgop(
  { x, responses }: Problem,
  settings: MethodSettings,
): Promise<HostMatrix> {
  const { backend, dtype, kernel, kernelRidge, iterations, signal } = settings;
  using scope = new Scope(backend);
  const steps = recursiveFeatureMachine({
    backend,
    kernel,
    x: uploadRows(scope.ops, x, dtype, 'X'),
    y: uploadRows(scope.ops, responses, dtype, 'y'),
    ridge: kernelRidge,
    iterations,
    signal,
  });
  let last = new Float64Array(x.columns ** 2);
  for await (const step of steps) {
    if (step.iteration === iterations) last = Float64Array.from(await (await step.agop()).read());
  }
  return { data: last, rows: x.columns, columns: x.columns };
}
