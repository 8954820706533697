import { Scope, type Tensor } from '@agop/core';
import type { KernelMachine } from '../machine/kernel-machine.ts';

/** Predictions that differ by no more than this part of the difference of their targets say nothing. */
const least = 1e-6;

/** Outputs that are looked at: rows enough, and nothing beside the cost of a fit. */
const mostOutputs = 16;

/**
 * Whether a machine predicts the same where targets differ most: at the rows of the least and the largest
 * target of each output, up to a millionth of the difference of the targets.
 *
 * @param x training points, [n, d]
 * @param targets [n, outputs], row-major
 */
export async function isConstant(
  machine: KernelMachine,
  x: Tensor,
  targets: ArrayLike<number>,
): Promise<boolean> {
  const n = x.shape[0] as number;
  const outputs = targets.length / n;
  const ends = Array.from({ length: Math.min(outputs, mostOutputs) }, (_, o) => endsOf(targets, outputs, o));
  using scope = new Scope(machine.backend);
  const rows = scope.ops.gather(
    x,
    scope.ops.tensor(Int32Array.from(ends.flat()), [2 * ends.length], 'int32'),
  );
  const predicted = await scope.own(machine.predict(rows)).read();
  const ranges = ends.map(([low, high], o) => ({
    wanted: (targets[high * outputs + o] as number) - (targets[low * outputs + o] as number),
    found: (predicted[(2 * o + 1) * outputs + o] as number) - (predicted[2 * o * outputs + o] as number),
  }));
  const differing = ranges.filter(({ wanted }) => wanted > 0);
  return differing.length > 0 && differing.every(({ wanted, found }) => Math.abs(found) <= least * wanted);
}

/** The rows of the least and the largest target of an output. */
function endsOf(targets: ArrayLike<number>, outputs: number, output: number): [low: number, high: number] {
  let [low, high] = [0, 0];
  for (let row = 0; row * outputs < targets.length; row++) {
    const value = targets[row * outputs + output] as number;
    if (value < (targets[low * outputs + output] as number)) low = row;
    if (value > (targets[high * outputs + output] as number)) high = row;
  }
  return [low, high];
}
