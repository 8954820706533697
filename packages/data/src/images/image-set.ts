import { checkWhole } from '@agop/core/options';

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

/**
 * Number of images to keep of `available`.
 *
 * @throws {OptionError} for a limit that is no whole number from 0
 */
export function selectedCount(available: number, { limit }: ImageSelection): number {
  if (limit === undefined || limit === Number.POSITIVE_INFINITY) return available;
  return Math.min(available, checkWhole('limit', limit, 0));
}

/** Sets of images of one size, one after the other. Labels are kept where all sets have them. */
export function concatenateImages(sets: readonly ImageSet[]): ImageSet {
  const [first] = sets;
  if (first === undefined || sets.length === 1)
    return first ?? { data: new Float32Array(), shape: [0, 0, 0, 0] };
  const [, height, width, channels] = first.shape;
  const data = new Float32Array(sets.reduce((sum, set) => sum + set.data.length, 0));
  let at = 0;
  for (const set of sets) {
    data.set(set.data, at);
    at += set.data.length;
  }
  const shape = [sets.reduce((sum, set) => sum + set.shape[0], 0), height, width, channels] as const;
  const labels = sets.flatMap((set) => (set.labels === undefined ? [] : [set.labels]));
  if (labels.length < sets.length) return { data, shape };
  return { data, shape, labels: Int32Array.from(labels.flatMap((some) => Array.from(some))) };
}
