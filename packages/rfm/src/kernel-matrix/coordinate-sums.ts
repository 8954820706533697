import { type Backend, type Expression, input, Scope, substitute, type Tensor } from '@agop/core';
import type { CoordinateKernel } from '../kernels/kernel.ts';
import { pickInputs } from './inputs.ts';
import type { Points } from './points.ts';

/** Coordinates that are added in one pass over the sums. */
const together = 4;

/** What the expressions of a kernel of coordinates are evaluated with. */
export function coordinateInputs(kernel: CoordinateKernel, points: Points): Readonly<Record<string, number>> {
  return { ...kernel.parameters, features: points.coordinates.shape[1] as number };
}

/**
 * Σ_k ψ(|x_ik - z_jk|), [n, m]: a pass over the sums for every four coordinates, in each of which four rows
 * and columns are broadcast.
 */
export function coordinateSums(
  backend: Backend,
  kernel: CoordinateKernel,
  x: Points,
  z: Points,
  { out }: { readonly out?: Tensor } = {},
): Tensor {
  using scope = new Scope(backend);
  const { ops } = scope;
  const d = x.coordinates.shape[1] as number;
  const sums = out ?? ops.full([x.count, z.count], 0, x.coordinates.dtype);
  const pairs = coordinatePairs(ops, x, z);
  for (let begin = 0; begin < d; begin += together) {
    const count = Math.min(together, d - begin);
    const names = Array.from({ length: count }, (_, i) => i);
    const parts = names.map((i) => partOf(kernel.part, i)).reduce((a, b) => a.add(b));
    const before = out && begin === 0 ? parts : parts.add(input('sums'));
    const bound = names.map((i) => {
      const { column, row } = pairs(begin + i);
      return [
        [`x${i}`, column],
        [`z${i}`, row],
      ] as const;
    });
    const inputs = { ...Object.fromEntries(bound.flat()), sums, ...kernel.parameters };
    ops.map(before, pickInputs(before, inputs), { out: sums });
  }
  return out ?? scope.keep(sums);
}

function partOf(part: Expression, index: number): Expression {
  return substitute(part, {
    t: input(`x${index}`)
      .sub(input(`z${index}`))
      .abs(),
  });
}

/** A coordinate of all points of both sides: [n, 1] and [1, m]. */
export function coordinatePairs(
  ops: Backend,
  x: Points,
  z: Points,
): (coordinate: number) => { readonly column: Tensor; readonly row: Tensor } {
  const left = ops.transpose(x.coordinates);
  const right = x.coordinates === z.coordinates ? left : ops.transpose(z.coordinates);
  return (coordinate) => ({
    column: ops.reshape(ops.rows(left, coordinate, coordinate + 1), [x.count, 1]),
    row: ops.rows(right, coordinate, coordinate + 1),
  });
}
