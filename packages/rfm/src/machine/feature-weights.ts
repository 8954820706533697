import { multiply, Scope, ValueError } from '@agop/core';
import { KernelMachine } from './kernel-machine.ts';

/**
 * How much each feature counts in the distances of a machine: the diagonal of its metric M, [d]. In the
 * identity the diagonal of its AGOP at its centers, which would be the next metric, up to a factor.
 *
 * @throws {ValueError} where gradients leave the range of the dtype
 */
export async function featureWeights(machine: KernelMachine): Promise<Float64Array> {
  const { metric } = machine;
  if (metric.kind === 'identity') return diagonalOfAgop(machine);
  using scope = new Scope(machine.backend);
  const { ops } = scope;
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

/** Powers of 2 by which outputs are scaled where the squares of gradients leave the range of float32. */
const scales = [1, 2 ** -60, 2 ** -120, 2 ** 60, 2 ** 120];

/** The diagonal; where it is out of range, up to a factor: that of outputs in another unit. */
async function diagonalOfAgop(machine: KernelMachine): Promise<Float64Array> {
  let zero: Float64Array | undefined;
  for (const scale of scales) {
    using scaled = scale === 1 ? undefined : withOutputsTimes(machine, scale);
    using agop = (scaled ?? machine).agop(machine.centers, { diagonal: true });
    const weights = Float64Array.from(await agop.read());
    if (!weights.every(Number.isFinite)) continue;
    if (weights.some((weight) => weight !== 0)) return weights;
    zero ??= weights;
  }
  if (zero) return zero;
  throw new ValueError('Gradients leave the range of numbers: rescale the features, or use float64.');
}

function withOutputsTimes(
  { backend, kernel, metric, centers, coefficients, origin }: KernelMachine,
  scale: number,
): KernelMachine {
  return new KernelMachine({
    ...{ backend, kernel, metric, centers },
    origin: origin && backend.clone(origin),
    coefficients: multiply(backend, coefficients, scale),
  });
}
