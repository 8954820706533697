import {
  isTensor,
  OptionError,
  ShapeError,
  shownValue,
  type Tensor,
  type Wording,
  wording,
} from '@agop/core';
import { checkObject, checkWhole } from '@agop/core/options';

/**
 * Where patches may stick out, zeros being outside: nowhere (`valid`); over the border of the image, by half
 * a patch, while later layers stay inside (`image`, the padding of the published program); or in every layer,
 * so that the grid keeps its size (`same`).
 */
export type PatchPadding = 'valid' | 'image' | 'same';

/** Positions of a layer: rows and columns of its grid. */
export interface PositionGrid {
  readonly height: number;
  readonly width: number;
}

/** Size of the images: [height, width, channels]. */
export interface ImageSize {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Where the layers of a kernel on images have their positions. */
export interface FieldGeometry extends ImageSize {
  /** Height and width of a patch, and of the windows of later layers. */
  readonly patchSize: number;
  /** Numbers in a patch: patchSize² · channels. */
  readonly patchLength: number;
  /** Zeros around the images. */
  readonly border: number;
  /** Zeros around the grid of a layer before the windows of the next one. */
  readonly layerPadding: number;
  /** Positions of each layer, the first one's being those of the patches. */
  readonly grids: readonly PositionGrid[];
}

/** What {@link fieldGeometry} needs to know of a kernel. */
export interface WindowOptions {
  readonly patchSize: number;
  readonly padding: PatchPadding;
  /** Number of layers. */
  readonly depth: number;
}

/**
 * The grids of a kernel on images of one size, with windows at stride 1.
 *
 * @throws {ShapeError} where the images are smaller than a patch, or later windows find too few positions
 * @throws {OptionError} for padding around patches of an even size
 */
export function fieldGeometry(kernel: WindowOptions, size: ImageSize): FieldGeometry {
  checkSize(size);
  checkObject('fieldGeometry()', kernel);
  checkWhole('patchSize', kernel.patchSize, 1);
  checkWhole('depth', kernel.depth, 1);
  const { patchSize, padding, depth } = kernel;
  const { height, width, channels } = size;
  const half = (patchSize - 1) / 2;
  if (padding !== 'valid' && !Number.isInteger(half)) {
    throw new OptionError(
      'padding',
      wording`${{ option: 'padding', value: padding }} needs an odd ${{ option: 'patchSize', bare: true }}, but it is ${patchSize}.`,
    );
  }
  const border = padding === 'valid' ? 0 : half;
  const layerPadding = padding === 'same' ? half : 0;
  const grids: PositionGrid[] = [];
  let grid: PositionGrid = { height: height + 2 * border, width: width + 2 * border };
  for (let layer = 0; layer < depth; layer++) {
    const around = layer === 0 ? 0 : 2 * layerPadding;
    const next = { height: grid.height + around - patchSize + 1, width: grid.width + around - patchSize + 1 };
    if (next.height < 1 || next.width < 1) throw new ShapeError(tooSmall(kernel, size, layer, grid));
    grids.push(next);
    grid = next;
  }
  const patchLength = patchSize * patchSize * channels;
  return { height, width, channels, patchSize, patchLength, border, layerPadding, grids };
}

/** @throws {OptionError} for what is no size */
function checkSize(size: ImageSize): void {
  const { height, width, channels } = Object(size) as ImageSize;
  for (const [name, value] of Object.entries({ height, width, channels })) checkWhole(name, value, 1);
}

/** Number of positions of a layer, counted from 0; of the last one for -1. */
export function positionsOf({ grids }: Pick<FieldGeometry, 'grids'>, layer = 0): number {
  const { height, width } = grids.at(layer) as PositionGrid;
  return height * width;
}

/** Numbers in an image. */
export function pixelsOf({ height, width, channels }: ImageSize): number {
  return height * width * channels;
}

/**
 * The size of images [n, height, width, channels].
 *
 * @throws {ShapeError} for anything but images
 */
export function imageSize(images: Tensor, what: string): ImageSize {
  if (!isTensor(images))
    throw new ShapeError(`${what} must be a tensor of images, but is ${shownValue(images)}.`);
  const [, height, width, channels] = images.shape;
  if (images.shape.length !== 4 || !height || !width || !channels) {
    throw new ShapeError(
      `${what} must be images [n, height, width, channels], but has shape [${images.shape.join(', ')}].`,
    );
  }
  return { height, width, channels };
}

/** @throws {ShapeError} for anything but images of one size */
export function checkSameSize(x: Tensor, z: Tensor): void {
  imageSize(z, 'z');
  const [xSize, zSize] = [x, z].map(({ shape }) => shape.slice(1).join(' x '));
  if (xSize !== zSize) {
    throw new ShapeError(`Images of ${zSize} meet images of ${xSize}: all must have one size.`);
  }
}

/** @throws {ShapeError} for a transform that is not [d, d] */
export function checkTransform(geometry: FieldGeometry, transform: Tensor | undefined): void {
  const { patchLength: d, patchSize, channels } = geometry;
  if (transform !== undefined && !isTensor(transform)) {
    throw new OptionError('transform', { requirement: 'be a tensor', received: transform });
  }
  if (transform && (transform.shape[0] !== d || transform.shape[1] !== d || transform.shape.length !== 2)) {
    throw new ShapeError(
      `The transform of patches must be [${d}, ${d}] (${patchSize} x ${patchSize} x ${channels}), ` +
        `but is [${transform.shape.join(', ')}].`,
    );
  }
}

function tooSmall(
  { patchSize, depth }: WindowOptions,
  { height, width, channels }: ImageSize,
  layer: number,
  grid: PositionGrid,
): Wording {
  const patch = { option: 'patchSize', bare: true };
  const images = `Images of ${height} x ${width} (height x width, ${channels} channels)`;
  if (layer === 0) {
    return wording`${images} are smaller than the patches of ${patchSize} x ${patchSize}. Use a smaller ${patch} or ${{ option: 'padding', value: 'image' }}.`;
  }
  const found = `layer ${layer + 1} finds only ${grid.height} x ${grid.width} positions`;
  return wording`${images} are too small for ${depth} layers of ${patchSize} x ${patchSize} windows: ${found}. Use fewer layers, a smaller ${patch} or ${{ option: 'padding', value: 'same' }}.`;
}
