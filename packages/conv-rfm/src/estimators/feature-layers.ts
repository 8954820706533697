import { type Backend, type Scope, type Tensor, ValueError } from '@agop/core';
import { drawFilters, featureLayer } from '../deep/feature-layer.ts';
import type { HostImages } from '../images/image-input.ts';
import type { ImageKernel } from '../kernels/image-kernel.ts';
import type { ConvEstimatorSettings } from './options.ts';
import type { FittedLayer } from './trained.ts';

/** Images on the backend, [n, height, width, channels]. @throws {ValueError} for numbers beyond the range of float32 */
export function uploadImages(backend: Backend, images: HostImages, dtype: 'float32' | 'float64'): Tensor {
  const { data, count, height, width, channels } = images;
  if (dtype === 'float32' && data instanceof Float64Array) {
    const beyond = data.findIndex((value) => !Number.isFinite(Math.fround(value)));
    if (beyond >= 0) {
      throw new ValueError(
        `Pixel ${data[beyond]} in image ${Math.floor(beyond / (height * width * channels))} is beyond the range of float32. Scale it, or use dtype 'float64'.`,
      );
    }
  }
  return backend.tensor(data, [count, height, width, channels], dtype);
}

/** Features of images; the scope owns them. */
export function applyLayer(
  scope: Scope,
  { filters, patchSize, padding, activation }: FittedLayer,
  x: Tensor,
): Tensor {
  return featureLayer(scope.ops, x, filters, { patchSize, padding, activation });
}

/** Features instead of what they were made of, which is freed; the scope owns them. */
export function replaceByFeatures(scope: Scope, layer: FittedLayer, x: Tensor): Tensor {
  const features = applyLayer(scope, layer, x);
  x.dispose();
  return features;
}

/** The layer above `x`: filters drawn from the transform that was learned there. */
export function drawLayer(
  { ops }: Scope,
  { deep, dtype, recursion }: ConvEstimatorSettings,
  { patchSize, padding }: ImageKernel,
  learned: Tensor | undefined,
  x: Tensor,
  layer: number,
): FittedLayer {
  const length = patchSize * patchSize * (x.shape[3] as number);
  const key = { seed: recursion.seed, stream: 2 ** 33 + layer };
  const filters = drawFilters(ops, learned, length, deep.width, key, dtype);
  return { filters, patchSize, padding, activation: deep.activation };
}
