import { type Backend, chooseDType } from '@agop/core';
import { topDirections } from '@agop/rfm';
import { checkSnapshot, type PatchTransform } from './snapshot.ts';

/** A small picture: row-major, channels last. */
export interface FilterPicture {
  readonly data: Float64Array;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Eigenvalue of the patch metric M = B² as a fraction of the trace. */
  readonly share: number;
}

/** What a patch metric looks for, in order of importance. */
export interface PatchFilters {
  /** Eigenvalues of the patch metric M = B² as fractions of its trace, descending; d of them. */
  readonly spectrum: Float64Array;
  /** The leading eigenvectors as pictures; signs are free, and chosen so that the sum is not negative. */
  readonly filters: readonly FilterPicture[];
}

/**
 * The eigenvectors of a learned patch metric with the largest eigenvalues, as small pictures: the filters
 * that a ConvRFM has found.
 *
 * @param count number of pictures, from 1; at most as many as a patch has values are made. Default 8
 * @throws {OptionError} if `count` is not a whole number from 1, or sizes are none
 * @throws {ShapeError} for a transform that is not that of the patches
 */
export async function patchFilters(
  backend: Backend,
  snapshot: PatchTransform,
  count = 8,
): Promise<PatchFilters> {
  const { patchSize, channels, transform } = checkSnapshot(snapshot);
  const d = patchSize * patchSize * channels;
  using b = backend.tensor(transform, [d, d], chooseDType(backend, undefined, 'float64'));
  const { values, vectors } = await topDirections(backend, b, count, 'transform');
  // From the smallest one up, which loses least.
  const trace = values.reduceRight((sum, value) => sum + value, 0);
  const spectrum = values.map((value) => (trace > 0 ? value / trace : 0));
  const filters = vectors.map((entries, index): FilterPicture => {
    const sum = entries.reduce((total, value) => total + value, 0);
    const data = sum < 0 ? entries.map((value) => -value) : entries;
    return { data, height: patchSize, width: patchSize, channels, share: spectrum[index] as number };
  });
  return { spectrum, filters };
}
