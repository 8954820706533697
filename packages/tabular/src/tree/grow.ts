import { type Backend, subkey, throwIfAborted } from '@agop/core';
import type { Rows } from '@agop/estimators';
import { directionOf, type NodeRows } from './direction.ts';
import type { TreeNode } from './node.ts';
import { overlapOf, partition } from './partition.ts';
import type { TreeSettings } from './settings.ts';

/** The rows that came to a leaf. */
export interface GrownLeaf {
  readonly rows: Int32Array;
  /** Splits above it. */
  readonly level: number;
}

/** A tree whose leaves are yet to be fitted. */
export interface GrownTree {
  readonly root: TreeNode;
  /** In the order of their numbers. */
  readonly leaves: readonly GrownLeaf[];
}

/** What {@link growTree} needs. */
export interface GrowOptions {
  readonly settings: TreeSettings;
  /** Most rows of a leaf. */
  readonly leafRows: number;
  readonly seed: number;
  /** Number of the tree. */
  readonly tree: number;
  /** Number of its first leaf. */
  readonly firstLeaf: number;
  readonly signal?: AbortSignal | undefined;
}

/** Trees have this many nodes at most, as far as random numbers are concerned. */
const mostNodes = 2 ** 24;

/**
 * Splits rows at their medians until no leaf has more than it may.
 *
 * @throws {AbortedError} through `signal`
 */
export async function growTree(
  backend: Backend,
  node: Omit<NodeRows, 'rows'>,
  options: GrowOptions,
): Promise<GrownTree> {
  const { settings, leafRows, seed, tree, firstLeaf, signal } = options;
  const leaves: GrownLeaf[] = [];
  let nodes = 0;
  const grow = async (rows: Int32Array, level: number): Promise<TreeNode> => {
    if (rows.length <= leafRows) {
      leaves.push({ rows, level });
      return { kind: 'leaf', leaf: firstLeaf + leaves.length - 1 };
    }
    throwIfAborted(signal, 'The fit');
    const key = subkey(seed, 'tree-split', tree * mostNodes + nodes);
    nodes += 1;
    let vector = await directionOf(backend, settings.split, { ...node, rows }, settings, key);
    let projections = projected(node.x, vector, rows);
    if (isConstant(projections)) {
      vector = await directionOf(backend, 'random', { ...node, rows }, settings, key);
      projections = projected(node.x, vector, rows);
    }
    const { threshold, scale, left, right } = partition(
      projections,
      overlapOf(rows.length, leafRows, settings),
    );
    const some = (positions: Int32Array) => positions.map((at) => rows[at] as number);
    return {
      kind: 'split',
      vector,
      threshold,
      scale,
      left: await grow(some(left), level + 1),
      right: await grow(some(right), level + 1),
    };
  };
  const root = await grow(
    Int32Array.from({ length: node.x.rows }, (_, row) => row),
    0,
  );
  return { root, leaves };
}

/** x · vector for some rows. */
export function projected({ data, columns }: Rows, vector: Float64Array, rows: Int32Array): Float64Array {
  return Float64Array.from(rows, (row) => {
    let sum = 0;
    for (let k = 0, at = row * columns; k < columns; k++, at++)
      sum += (data[at] as number) * (vector[k] as number);
    return sum;
  });
}

function isConstant(values: Float64Array): boolean {
  return values.every((value) => value === values[0]);
}
