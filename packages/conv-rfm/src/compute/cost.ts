import { type FieldGeometry, type PositionGrid, positionsOf } from '../images/geometry.ts';
import type { Pooling } from '../kernels/image-kernel.ts';

/** Multiply-adds that take about as long as one elementwise step of the recursion at one position. */
const productsPerStep = 40;

/**
 * Work of one kernel value, in steps of the recursion (one position of one layer for one pair of images):
 * what all estimates of time count in. With average pooling all pairs of positions are visited.
 */
export function stepsPerPair(geometry: FieldGeometry, pooling: Pooling): number {
  return (
    allVisits(geometry, pooling) + (visits(geometry, 0, pooling) * geometry.patchLength) / productsPerStep
  );
}

/** Work of the gradients by the patches of one image that one center contributes. */
export function gradientStepsPerPair(geometry: FieldGeometry, pooling: Pooling, outputs: number): number {
  const products = (visits(geometry, 0, pooling) * geometry.patchLength * outputs) / productsPerStep;
  return 3 * stepsPerPair(geometry, pooling) + 2 * products;
}

/** Work of a Cholesky factorization of order n. */
export function solveSteps(n: number): number {
  return n ** 3 / 1500;
}

/** {@link visits} of all layers. */
export function allVisits(geometry: FieldGeometry, pooling: Pooling): number {
  return geometry.grids.reduce((sum, _, layer) => sum + visits(geometry, layer, pooling), 0);
}

/** Positions of a layer, or pairs of positions that are displaced by what the last layer has room for. */
export function visits(geometry: FieldGeometry, layer: number, pooling: Pooling): number {
  if (pooling === 'none') return positionsOf(geometry, layer);
  const [grid, last] = [geometry.grids[layer], geometry.grids.at(-1)] as [PositionGrid, PositionGrid];
  const along = (length: number, most: number): number => length * (2 * most - 1) - most * (most - 1);
  return along(grid.height, last.height) * along(grid.width, last.width);
}
