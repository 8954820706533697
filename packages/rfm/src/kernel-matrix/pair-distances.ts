import { type Backend, input, OptionError, type Tensor } from '@agop/core';
import type { Kernel } from '../kernels/kernel.ts';
import type { Points } from './points.ts';

const distance = input('p').add(input('q')).sub(input('u').mul(2)).max(0).sqrt();

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
  const matrix = backend.pairwise(x.weighted, z.coordinates, distance, {
    inputs: { p: x.squares as Tensor, q: z.asRows().squares as Tensor },
    symmetric: x === z,
  });
  return { matrix, power: 1 };
}
