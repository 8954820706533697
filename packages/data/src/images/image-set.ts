/** Images of one size, channels last, with a class number each if labels are known. */
export interface ImageSet {
  /** Pixels, row-major, from 0 to 1. */
  readonly data: Float32Array;
  readonly shape: readonly [count: number, height: number, width: number, channels: number];
  /** One class number per image; absent if the file has none. */
  readonly labels?: Int32Array;
}

/** Which part of an image file to keep. */
export interface ImageSelection {
  /** At most this many images, from the beginning. Default: all. */
  readonly limit?: number;
}

/** Number of images to keep of `available`. */
export function selectedCount(available: number, selection: ImageSelection): number {
  return Math.max(0, Math.min(available, Math.floor(selection.limit ?? available)));
}
