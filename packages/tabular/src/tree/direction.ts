import {
  type Backend,
  chooseDType,
  type RandomKey,
  randomArray,
  randomPermutation,
  Scope,
  type Tensor,
} from '@agop/core';
import { measureColumns, type Rows } from '@agop/estimators';
import { isNumericalFailure, laplace, recursiveFeatureMachine, topDirections } from '@agop/rfm';
import { partition } from './partition.ts';
import type { SplitDirection, TreeSettings } from './settings.ts';
import { variationDirection } from './variation.ts';

/** Rows of a node with what their outputs are fitted to. */
export interface NodeRows {
  readonly x: Rows;
  /** Row-major, [n, outputs]. */
  readonly targets: ArrayLike<number>;
  readonly outputs: number;
  /** Columns of codes, which say nothing of where rows lie. */
  readonly codes: readonly number[];
  /** The rows of the node. */
  readonly rows: Int32Array;
}

/**
 * The direction along which a node is split, [d], of length 1; unless it is given, its largest entry is
 * positive.
 *
 * @param settings most rows that it is learned from, a random subset, and updates of the metric before that
 * @param key of what is drawn
 */
export async function directionOf(
  backend: Backend,
  split: SplitDirection,
  node: NodeRows,
  { splitRows: most, splitIterations }: Pick<TreeSettings, 'splitRows' | 'splitIterations'>,
  key: RandomKey,
): Promise<Float64Array> {
  const d = node.x.columns;
  if (typeof split === 'object') return ofLengthOne(Float64Array.from(split.vector));
  // Where all columns are codes, they count as numbers.
  const ignored = new Set(node.codes.length < d ? node.codes : []);
  if (split === 'random') {
    return unit(randomArray(d, 'normal', key, 'float64').map((value, k) => (ignored.has(k) ? 0 : value)));
  }
  const { rows } = node;
  const chosen =
    rows.length <= most
      ? rows
      : randomPermutation(rows.length, key)
          .slice(0, most)
          .sort()
          .map((at) => rows[at] as number);
  if (split === 'column') return bestColumn(node, chosen, ignored);
  using scope = new Scope(backend);
  const dtype = chooseDType(backend, undefined, 'float32');
  const centered = centeredRows(node.x, chosen, ignored);
  const x = scope.ops.tensor(centered, [chosen.length, d], dtype);
  const top = async (matrix: Tensor) =>
    (await topDirections(scope.ops, matrix, 1)).vectors[0] as Float64Array;
  if (split === 'principal') return unit(await top(scope.ops.gram(x, { transpose: true })));
  const agop = await smallAgop(scope, x, node, chosen, splitIterations);
  if (split === 'variation') {
    const vector = await variationDirection(scope.ops, agop, {
      data: centered,
      rows: chosen.length,
      columns: d,
    });
    if (vector.some((entry) => entry !== 0)) return unit(vector);
  }
  return unit(await top(agop));
}

/** The AGOP of a Recursive Feature Machine on some rows: what xRFM takes the directions of splits from. */
async function smallAgop(
  scope: Scope,
  x: Tensor,
  { targets, outputs }: NodeRows,
  chosen: Int32Array,
  iterations: number,
): Promise<Tensor> {
  const dtype = x.dtype === 'float32' ? 'float32' : 'float64';
  const some = Float64Array.from({ length: chosen.length * outputs }, (_, at) => {
    return targets[(chosen[Math.floor(at / outputs)] as number) * outputs + (at % outputs)] as number;
  });
  const y = scope.ops.tensor(some, [chosen.length, outputs], dtype);
  const kernel = laplace({ bandwidth: 10 });
  let agop: Tensor | undefined;
  try {
    for await (const step of recursiveFeatureMachine({ backend: scope.ops, kernel, x, y, iterations })) {
      const next = scope.ops.clone(await step.agop());
      agop?.dispose();
      agop = next;
    }
  } catch (error) {
    // Targets that do not vary have no direction: the last AGOP that could be taken counts.
    if (!agop || !isNumericalFailure(error)) throw error;
  }
  if (!agop) throw new Error('The loop ended before its first fit.');
  return agop;
}

/** The column at whose median a split leaves the least squared deviation of the targets in both halves. */
function bestColumn(
  { x, targets, outputs }: NodeRows,
  chosen: Int32Array,
  ignored: ReadonlySet<number>,
): Float64Array {
  let [best, least] = [0, Number.POSITIVE_INFINITY];
  for (let k = 0; k < x.columns; k++) {
    if (ignored.has(k)) continue;
    const column = Float64Array.from(chosen, (row) => x.data[row * x.columns + k] as number);
    const { left, right } = partition(column, 0);
    const deviation = [left, right].reduce(
      (sum, half) => sum + squaredDeviation(half, chosen, targets, outputs),
      0,
    );
    // Equal columns, such as constant ones, leave no better halves than chance.
    if (deviation < least && column.some((value) => value !== column[0])) [best, least] = [k, deviation];
  }
  return Float64Array.from({ length: x.columns }, (_, k) => Number(k === best));
}

function squaredDeviation(
  half: Int32Array,
  chosen: Int32Array,
  targets: ArrayLike<number>,
  outputs: number,
): number {
  const data = new Float64Array(half.length * outputs);
  half.forEach((at, i) => {
    for (let o = 0; o < outputs; o++)
      data[i * outputs + o] = targets[(chosen[at] as number) * outputs + o] as number;
  });
  const { deviation } = measureColumns({ data, rows: half.length, columns: outputs });
  return deviation.reduce((sum, value) => sum + value * value, 0) * half.length;
}

/** Distances do not see where the origin is; its rounding is smallest amid the rows. */
function centeredRows(
  { data, columns }: Rows,
  chosen: Int32Array,
  ignored: ReadonlySet<number>,
): Float64Array {
  const some = Float64Array.from({ length: chosen.length * columns }, (_, at) => {
    return data[(chosen[Math.floor(at / columns)] as number) * columns + (at % columns)] as number;
  });
  const { mean } = measureColumns({ data: some, rows: chosen.length, columns });
  return some.map((value, at) => (ignored.has(at % columns) ? 0 : value - (mean[at % columns] as number)));
}

function unit(vector: Float64Array): Float64Array {
  const largest = vector.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0);
  return ofLengthOne(largest < 0 ? vector.map((entry) => -entry) : vector);
}

function ofLengthOne(vector: Float64Array): Float64Array {
  const length = Math.hypot(...vector);
  return vector.map((entry) => entry / length);
}
