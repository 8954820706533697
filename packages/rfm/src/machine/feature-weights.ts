import { Scope } from '@agop/core';
import type { KernelMachine } from './kernel-machine.ts';

/**
 * How much each feature counts in the distances of a machine: the diagonal of its metric M, [d]. In the
 * identity the diagonal of its AGOP at its centers, which would be the next metric.
 */
export async function featureWeights(machine: KernelMachine): Promise<Float64Array> {
  using scope = new Scope(machine.backend);
  const { ops } = scope;
  const { metric } = machine;
  if (metric.kind === 'identity') {
    return Float64Array.from(await scope.own(machine.agop(machine.centers, { diagonal: true })).read());
  }
  // A transform A stands for the metric M = A², whose diagonal holds the squared row norms.
  const entries =
    metric.kind === 'diagonal'
      ? metric.tensor
      : metric.form === 'transform'
        ? ops.norm(metric.tensor, 1)
        : ops.diagonal(metric.tensor);
  const values = Float64Array.from(await entries.read());
  return metric.form === 'transform' ? values.map((value) => value * value) : values;
}
