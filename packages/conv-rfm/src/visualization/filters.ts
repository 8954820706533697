import { type Backend, chooseDType, Scope } from '@agop/core';
import { checkWhole } from '@agop/core/options';
import type { TransformSnapshot } from '../estimators/events.ts';

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
 * @throws {OptionError} if `count` is not a whole number from 1
 */
export async function patchFilters(
  backend: Backend,
  snapshot: Pick<TransformSnapshot, 'patchSize' | 'channels' | 'transform'>,
  count = 8,
): Promise<PatchFilters> {
  checkWhole('count', count, 1);
  const { patchSize, channels, transform } = snapshot;
  const d = patchSize * patchSize * channels;
  using scope = new Scope(backend);
  const { ops } = scope;
  const b = ops.tensor(transform, [d, d], chooseDType(backend, undefined, 'float64'));
  const { values, vectors } = await ops.eigh(b);
  const [lambda, columns] = [Float64Array.from(await values.read()), await vectors.read()];
  // Eigenvalues of B², which need not be in the order of those of B where B has negative ones.
  const order = Array.from(lambda.keys()).sort(
    (i, j) => (lambda[j] as number) ** 2 - (lambda[i] as number) ** 2,
  );
  const trace = lambda.reduce((sum, value) => sum + value * value, 0);
  const share = (index: number): number => (trace > 0 ? (lambda[index] as number) ** 2 / trace : 0);
  const filters = order.slice(0, count).map((index): FilterPicture => {
    const entries = Float64Array.from({ length: d }, (_, k) => columns[k * d + index] as number);
    const sum = entries.reduce((total, value) => total + value, 0);
    const data = sum < 0 ? entries.map((value) => -value) : entries;
    return { data, height: patchSize, width: patchSize, channels, share: share(index) };
  });
  return { spectrum: Float64Array.from(order, share), filters };
}
