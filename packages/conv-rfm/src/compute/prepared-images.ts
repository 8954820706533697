import { type Backend, Scope, type Tensor } from '@agop/core';
import { type FieldGeometry, type Grid, positionsOf } from '../images/geometry.ts';
import type { FieldPlan, Fields } from '../kernels/field-kernel.ts';
import type { ImageKernel } from '../kernels/image-kernel.ts';

/** {@link Fields} that someone owns. */
export interface PreparedImages extends Fields {
  dispose(): void;
}

/** The plan of a kernel for patches at the same positions of both images. */
export function planOf(geometry: FieldGeometry): FieldPlan {
  const { grids, patchSize, layerPadding, channels } = geometry;
  return { grids, size: patchSize, layerPadding, channels };
}

/**
 * Patches of a block of images, multiplied by the transform, position by position.
 *
 * @param images [b, height, width, channels]
 * @param transform [d, d], multiplies patches from the right; undefined for the identity
 */
export function prepareImages(
  backend: Backend,
  kernel: ImageKernel,
  geometry: FieldGeometry,
  images: Tensor,
  transform: Tensor | undefined,
): PreparedImages {
  using scope = new Scope(backend);
  const { ops } = scope;
  const count = images.shape[0] as number;
  const positions = positionsOf(geometry.grids[0] as Grid);
  const rows = patchRows(ops, geometry, images, transform);
  const lengths = ops.transpose(ops.reshape(ops.norm(rows, 1), [count, positions]));
  const flat = ops.reshape(rows, [count, positions * geometry.patchLength], { consume: true });
  const patches = ops.transpose(flat);
  const scales = kernel.fields.scales(backend, lengths, planOf(geometry));
  scope.keep(patches);
  return {
    count,
    patches,
    scales,
    dispose: () => {
      for (const tensor of [patches, ...scales]) tensor.dispose();
    },
  };
}

/** Transformed patches as rows, image by image: [b · positions, d]. The caller owns them. */
export function patchRows(
  backend: Backend,
  geometry: FieldGeometry,
  images: Tensor,
  transform: Tensor | undefined,
): Tensor {
  const rows = backend.patches(images, { size: geometry.patchSize, padding: geometry.border });
  if (!transform) return rows;
  try {
    return backend.matmul(rows, transform);
  } finally {
    rows.dispose();
  }
}

/** Elements of {@link prepareImages} per image. */
export function preparedElements(geometry: FieldGeometry): number {
  const scales = geometry.grids.reduce((sum, grid) => sum + positionsOf(grid), 0);
  return positionsOf(geometry.grids[0] as Grid) * geometry.patchLength + scales;
}
