import {
  type Backend,
  type FloatDType,
  floatDType,
  input,
  type RandomKey,
  Scope,
  ShapeError,
  type Tensor,
} from '@agop/core';
import { checkChoice, checkObject, checkWhole } from '@agop/core/options';
import {
  fieldGeometry,
  imageSize,
  type PatchPadding,
  type PositionGrid,
  pixelsOf,
} from '../images/geometry.ts';

/** What follows the filters: nothing (`none`, the published program) or a rectifier (its paper). */
export type Activation = 'relu' | 'none';

/** A layer that maps images to images. */
export interface FeatureLayerOptions {
  readonly patchSize: number;
  /** Default 'valid'. 'image' and 'same' keep the size of the images. */
  readonly padding?: PatchPadding;
  /** Default 'relu'. */
  readonly activation?: Activation;
  /** Images per block of the work. Default 64. */
  readonly block?: number;
}

/** A fitted feature layer. */
export interface FittedLayer extends Required<Omit<FeatureLayerOptions, 'block'>> {
  /** [width, d] */
  readonly filters: Tensor;
}

const relu = input('a').max(0);

/**
 * Responses of filters to images: at each position and for each filter the inner product with the patch
 * there, then the activation.
 *
 * @param images [n, height, width, channels]
 * @param filters [filters, d], entries by (row, column, channel)
 * @returns [n, outHeight, outWidth, filters]
 * @throws {OptionError} for an option out of range
 * @throws {ShapeError} for images smaller than a patch, and filters of another length
 */
export function featureLayer(
  backend: Backend,
  images: Tensor,
  filters: Tensor,
  options: FeatureLayerOptions,
): Tensor {
  const {
    patchSize,
    padding = 'valid',
    activation = 'relu',
    block = 64,
  } = checkObject('featureLayer()', options);
  checkWhole('block', block, 1);
  checkChoice('activation', activation, ['relu', 'none']);
  const size = imageSize(images, 'The images');
  const geometry = fieldGeometry({ patchSize, padding, depth: 1 }, size);
  if (filters.shape.length !== 2 || filters.shape[1] !== geometry.patchLength) {
    throw new ShapeError(
      `Filters must be [filters, ${geometry.patchLength}] (${patchSize} x ${patchSize} x ${size.channels}), ` +
        `but are [${filters.shape.join(', ')}].`,
    );
  }
  using scope = new Scope(backend);
  const { ops } = scope;
  const [n, count] = [images.shape[0] as number, filters.shape[0] as number];
  const { height, width } = geometry.grids[0] as PositionGrid;
  const flat = ops.reshape(images, [n, pixelsOf(size)]);
  const parts: Tensor[] = [];
  for (let begin = 0; begin < n; begin += block) {
    using each = new Scope(backend);
    const end = Math.min(n, begin + block);
    const rows = each.ops.rows(flat, begin, end);
    const some = each.ops.reshape(rows, [end - begin, size.height, size.width, size.channels], {
      consume: true,
    });
    const patches = each.ops.patches(some, { size: patchSize, padding: geometry.border });
    const responses = each.ops.matmul(patches, filters, { transposeB: true });
    if (activation === 'relu') each.ops.map(relu, { a: responses }, { out: responses });
    parts.push(scope.own(each.keep(responses)));
  }
  const all = parts.length === 0 ? ops.full([0, count], 0, floatDType(images)) : ops.concat(parts, 0);
  return scope.keep(ops.reshape(all, [n, height, width, count], { consume: true }));
}

/** What filters are drawn for. */
export interface FilterOptions {
  /** Number of filters. */
  readonly count: number;
  /** d, the numbers of a patch. */
  readonly patchLength: number;
  readonly key: RandomKey;
  readonly dtype: FloatDType;
}

/**
 * Filters drawn from a learned metric on patches: rows W B with W standard normal and B the transform, so
 * that their covariance is Bᵀ B.
 *
 * @param transform B [d, d]; undefined for the identity
 * @returns [count, d]
 */
export function drawFilters(backend: Backend, transform: Tensor | undefined, options: FilterOptions): Tensor {
  const { count, patchLength, key, dtype } = checkObject('drawFilters()', options);
  const normal = backend.random([count, patchLength], 'normal', key, dtype);
  if (!transform) return normal;
  using rows = normal;
  return backend.matmul(rows, transform);
}
