import { OptionError, ShapeError } from '@agop/core';

/**
 * Where patches may stick out, zeros being outside: nowhere (`valid`); over the border of the image, by half a patch, while later layers
 * stay inside (`image`, the padding of the published program); or in every layer, so that the grid keeps its size (`same`).
 */
export type PatchPadding = 'valid' | 'image' | 'same';

/** Positions of a layer: rows and columns of its grid. */
export interface Grid {
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
  readonly grids: readonly Grid[];
}

/**
 * The grids of a kernel on images of one size, with windows at stride 1.
 *
 * @throws {ShapeError} where the images are smaller than a patch, or later windows find too few positions
 * @throws {OptionError} for padding around patches of an even size
 */
export function fieldGeometry(
  kernel: { readonly patchSize: number; readonly padding: PatchPadding; readonly depth: number },
  { height, width, channels }: ImageSize,
): FieldGeometry {
  const { patchSize, padding, depth } = kernel;
  const half = (patchSize - 1) / 2;
  if (padding !== 'valid' && !Number.isInteger(half)) {
    throw new OptionError('padding', `Padding '${padding}' needs an odd patchSize, but it is ${patchSize}.`);
  }
  const border = padding === 'valid' ? 0 : half;
  const layerPadding = padding === 'same' ? half : 0;
  const grids: Grid[] = [];
  let grid: Grid = { height: height + 2 * border, width: width + 2 * border };
  for (let layer = 0; layer < depth; layer++) {
    const around = layer === 0 ? 0 : 2 * layerPadding;
    const next = { height: grid.height + around - patchSize + 1, width: grid.width + around - patchSize + 1 };
    if (next.height < 1 || next.width < 1) {
      throw new ShapeError(tooSmall(kernel, { height, width, channels }, layer, grid));
    }
    grids.push(next);
    grid = next;
  }
  const patchLength = patchSize * patchSize * channels;
  return { height, width, channels, patchSize, patchLength, border, layerPadding, grids };
}

/** Number of positions. */
export function positionsOf({ height, width }: Grid): number {
  return height * width;
}

function tooSmall(
  { patchSize, depth }: { readonly patchSize: number; readonly depth: number },
  { height, width, channels }: ImageSize,
  layer: number,
  grid: Grid,
): string {
  const images = `Images of ${height} x ${width} (height x width, ${channels} channels)`;
  if (layer === 0) {
    return `${images} are smaller than the patches of ${patchSize} x ${patchSize}. Use a smaller patchSize or padding 'image'.`;
  }
  return (
    `${images} are too small for ${depth} layers of ${patchSize} x ${patchSize} windows: layer ${layer + 1} finds only ` +
    `${grid.height} x ${grid.width} positions. Use fewer layers, a smaller patchSize or padding 'same'.`
  );
}
