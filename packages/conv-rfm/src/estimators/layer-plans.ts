import { checkBudget } from '../compute/budget.ts';
import {
  type FieldGeometry,
  fieldGeometry,
  type ImageSize,
  type PositionGrid,
  pixelsOf,
} from '../images/geometry.ts';
import type { ImageKernel } from '../kernels/image-kernel.ts';
import type { ConvEstimatorSettings } from './options.ts';

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
export function layerPlans({ kernel, deep }: ConvEstimatorSettings, size: ImageSize): LayerPlan[] {
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
 * @throws {OutOfMemoryError}
 */
export function checkMemory(
  settings: ConvEstimatorSettings,
  size: ImageSize,
  images: { readonly training: number; readonly scored: number },
): void {
  const { backend, dtype, compute, recursion } = settings;
  const plans = layerPlans(settings, size);
  const pixels = ({ geometry }: LayerPlan): number => pixelsOf(geometry);
  for (const [index, plan] of plans.entries()) {
    const { training, scored } = images;
    // Images as they came, and features of the layer below, from which those of this layer are made.
    const below = plans.slice(Math.max(0, index - 1), index + 1).reduce((sum, each) => sum + pixels(each), 0);
    checkBudget(
      { backend, dtype, ...plan },
      {
        left: training,
        right: training,
        matrix: true,
        systems: recursion.ridges.length,
        held: (training + scored) * below + training * pixels(plans[0] as LayerPlan),
      },
      compute,
    );
  }
}
