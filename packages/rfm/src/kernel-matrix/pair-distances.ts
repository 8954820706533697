import { type Backend, input, OptionError, selectLessEqual, type Tensor } from '@agop/core';
import type { Kernel } from '../kernels/kernel.ts';
import type { Points } from './points.ts';

const square = input('p').add(input('q')).sub(input('u').mul(2)).max(0);
const plain = square.sqrt();
// As in kernels of distances: a point is not beside itself.
const distance = selectLessEqual(square, input('roundingP').add(input('roundingQ')), 0, square).sqrt();

/** Distances between points, up to a power: that of `matrix`, [n, m], to `power` are distances. */
export interface PairDistances {
  readonly matrix: Tensor;
  readonly power: number;
}

/** Whether a kernel is a function of one distance between its points. */
export function hasDistance(kernel: Kernel): boolean {
  return kernel.geometry === 'power' || (kernel.geometry === 'inner' && kernel.radial);
}

/**
 * Distances between all pairs of prepared points, in the norm of a kernel.
 *
 * @throws {OptionError} for a kernel that is no function of a distance
 */
export function pairDistances(
  backend: Backend,
  kernel: Kernel,
  x: Points,
  z: Points,
  option: string,
): PairDistances {
  if (kernel.geometry === 'power') {
    return {
      matrix: backend.powerDistances(x.coordinates, z.coordinates, kernel.p),
      power: 1 / kernel.p,
    };
  }
  if (!hasDistance(kernel)) {
    throw new OptionError(option, `The kernel '${kernel.name}' is no function of a distance.`);
  }
  const { squares: q, rounding: roundingQ } = z.asRows();
  // A kernel that is the same at any distance measures no rounding.
  const near = x.rounding && roundingQ && { roundingP: x.rounding, roundingQ };
  const matrix = backend.pairwise(x.weighted, z.coordinates, near ? distance : plain, {
    inputs: { p: x.squares as Tensor, q: q as Tensor, ...near },
    symmetric: x === z,
  });
  return { matrix, power: 1 };
}
