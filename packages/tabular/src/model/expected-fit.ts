import { chooseDType, type FloatDType } from '@agop/core';
import { leafMemory, rowsWithin } from '../leaf/limit.ts';
import { overlapOf } from '../tree/partition.ts';
import type { TabularSettings } from './settings.ts';

/** What a fit will take. */
export interface ExpectedFit {
  /** Most rows of a leaf, by the settings and by the memory that they allow. */
  readonly leafRows: number;
  /** Leaves of all trees. */
  readonly leaves: number;
  /** Rows of the largest leaf. */
  readonly largestLeaf: number;
  /** Bytes on the backend of the largest leaf's fit; each worker needs as many. */
  readonly leafBytes: number;
  /** Precision of the leaves. */
  readonly dtype: FloatDType;
}

/**
 * What a fit will take, from its sizes alone: for those who want to know beforehand, or to tell others.
 *
 * @param sizes rows and columns of X, and outputs of the coding
 */
export function expectedFit(
  sizes: { readonly rows: number; readonly features: number; readonly outputs: number },
  settings: TabularSettings,
): ExpectedFit {
  const { rows, features, outputs } = sizes;
  const { backend, tree, ridge } = settings;
  const dtype = chooseDType(backend, settings.dtype, Math.min(...ridge) >= 1e-3 ? 'float32' : 'float64');
  const leafRows = Math.min(tree.leafRows, rowsWithin(tree.leafBytes, features, outputs, dtype));
  const halves = (n: number): { readonly leaves: number; readonly largest: number } => {
    if (n <= leafRows) return { leaves: 1, largest: n };
    const shared = Math.min(n, Math.round(2 * overlapOf(n, leafRows, tree) * n));
    const left = Math.ceil((n - shared) / 2) + shared;
    const [a, b] = [halves(left), halves(n - left + shared)];
    return { leaves: a.leaves + b.leaves, largest: Math.max(a.largest, b.largest) };
  };
  const { leaves, largest } = halves(rows);
  return {
    leafRows,
    leaves: leaves === 1 ? 1 : leaves * tree.trees,
    largestLeaf: largest,
    leafBytes: leafMemory(largest, features, outputs, dtype),
    dtype,
  };
}
