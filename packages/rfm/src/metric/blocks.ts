import {
  type Backend,
  type FloatDType,
  floatDType,
  OptionError,
  Scope,
  ShapeError,
  type Tensor,
} from '@agop/core';

/** Columns that belong together, such as those of a one-hot code. */
export interface FeatureRange {
  /** The first one. */
  readonly start: number;
  readonly length: number;
}

/** @throws {OptionError} for anything but ranges of whole numbers that do not overlap */
export function checkBlocks(blocks: readonly FeatureRange[]): readonly FeatureRange[] {
  const isRange = ({ start, length }: FeatureRange): boolean =>
    Number.isSafeInteger(start) && start >= 0 && Number.isSafeInteger(length) && length >= 1;
  const sorted = Array.isArray(blocks) ? [...blocks].sort((a, b) => a.start - b.start) : [];
  const holds =
    Array.isArray(blocks) &&
    blocks.every(isRange) &&
    sorted.every(
      (block, i) => i === 0 || block.start >= (sorted[i - 1]?.start ?? 0) + (sorted[i - 1]?.length ?? 0),
    );
  if (holds) return sorted;
  throw new OptionError('blocks', {
    requirement: 'be a list of { start, length } that do not overlap',
    received: blocks,
  });
}

/**
 * The columns of each block, and the others together: what a metric of blocks may compare with each other.
 *
 * @throws {ShapeError} for a block beyond the features
 */
export function featureGroups(features: number, blocks: readonly FeatureRange[]): Int32Array[] {
  const inBlock = new Set<number>();
  const groups = blocks.map(({ start, length }) => {
    if (start + length > features) {
      throw new ShapeError(
        `A block has the columns ${start} to ${start + length - 1}, but there are ${features} features.`,
      );
    }
    const columns = Int32Array.from({ length }, (_, i) => start + i);
    for (const column of columns) inBlock.add(column);
    return columns;
  });
  const others = Int32Array.from({ length: features }, (_, k) => k).filter((k) => !inBlock.has(k));
  return others.length === 0 ? groups : [others, ...groups];
}

/**
 * A symmetric matrix without what lies between groups, each group being made by itself: eigenvalues of a
 * group's order instead of all.
 *
 * @param matrix [d, d]
 * @param make what becomes of a group's part, [k, k]; owned by the backend that it is given
 * @returns [d, d], the caller's
 */
export async function byGroups(
  backend: Backend,
  matrix: Tensor,
  groups: readonly Int32Array[],
  make: (ops: Backend, part: Tensor) => Promise<Tensor>,
): Promise<Tensor> {
  const d = matrix.shape[0] as number;
  const dtype: FloatDType = floatDType(matrix);
  const whole = new Float64Array(d * d);
  for (const columns of groups) {
    using scope = new Scope(backend);
    const { ops } = scope;
    const indices = ops.tensor(columns, [columns.length], 'int32');
    const part = ops.gather(ops.transpose(ops.gather(matrix, indices)), indices);
    const values = await (await make(ops, part)).read();
    columns.forEach((k, i) => {
      columns.forEach((l, j) => {
        whole[k * d + l] = values[i * columns.length + j] as number;
      });
    });
  }
  return backend.tensor(whole, [d, d], dtype);
}
