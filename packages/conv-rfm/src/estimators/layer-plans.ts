import { checkBudget } from '../compute/budget.ts';
import {
  type FieldGeometry,
  fieldGeometry,
  type ImageSize,
  type PositionGrid,
  pixelsOf,
} from '../images/geometry.ts';
import type { ImageKernel } from '../kernels/image-kernel.ts';
import type { ConvSettings } from './options.ts';

/** The ConvRFM on one layer: its kernel, and the images it sees. */
export interface LayerPlan {
  readonly kernel: ImageKernel;
  readonly geometry: FieldGeometry;
}

/**
 * The kernels of all layers, one layer of depth less each, and the sizes of their images.
 *
 * @throws {ShapeError} where images are too small for some layer
 */
export function layerPlans({ kernel, deep }: ConvSettings, size: ImageSize): LayerPlan[] {
  const plans: LayerPlan[] = [];
  let present = size;
  for (let layer = 0; layer <= deep.layers; layer++) {
    const own = kernel.withDepth(Math.max(1, kernel.depth - layer));
    const geometry = fieldGeometry(own, present);
    plans.push({ kernel: own, geometry });
    present = { ...(geometry.grids[0] as PositionGrid), channels: deep.width };
  }
  return plans;
}

/**
 * Compares what a fit needs in each layer with the memory budget.
 *
 * @param images images of training, and those that are scored
 * @throws {OutOfMemoryError} if it is more
 */
export function checkMemory(
  { backend, dtype, compute, recursion }: ConvSettings,
  plans: readonly LayerPlan[],
  { training, scored }: { readonly training: number; readonly scored: number },
): void {
  const pixels = plans.map(({ geometry }) => pixelsOf(geometry));
  for (const [layer, plan] of plans.entries()) {
    // Images as they came, and features of the layer below, from which those of this layer are made.
    const below = (pixels[layer - 1] ?? 0) + (pixels[layer] as number);
    const held = (training + scored) * below + training * (pixels[0] as number);
    const systems = recursion.ridges.length;
    const workload = { left: training, right: training, matrix: true, systems, held };
    checkBudget({ backend, dtype, ...plan }, workload, compute);
  }
}
