import { eventLoopTurn, OptionError, ShapeError, throwIfAborted } from '@agop/core';
import { checkFlag, checkGiven, checkWhole } from '@agop/core/options';
import { type MatrixInput, toHostMatrix } from '@agop/estimators';
import {
  type AnalyticFunction,
  columnScales,
  type FunctionGradients,
  finiteDifferences,
  givenGradients,
  type HostArray,
  type HostFunction,
} from './function-gradients.ts';
import { HostMoments } from './host-moments.ts';
import { type CenteringOptions, centeringNames, resolveCentering } from './options.ts';

/** Options of {@link averageGradientOuterProduct}. */
export interface FunctionAgopOptions extends CenteringOptions {
  /** Only the diagonal, [1, d]. Default false. */
  readonly diagonal?: boolean;
  /** Take this output alone, counted from 0. Default the sum over all outputs. */
  readonly output?: number;
  /**
   * Step of the central differences, as a part of each column's scale: its standard deviation over the rows
   * of `x`, or the size of its value where it does not vary (1 where that is 0). Default 6.06e-6, the cube
   * root of the rounding of float64, for a function that computes in float64. Take 5e-3 for one that computes
   * in float32, such as a model that was fitted in it.
   */
  readonly step?: number;
  /**
   * Most rows that the function is given at once, at least 2. Default 8192, less where rows are long: about
   * 4 million numbers.
   */
  readonly rowsPerCall?: number;
  readonly signal?: AbortSignal | undefined;
}

const names: Readonly<Record<keyof FunctionAgopOptions, boolean>> = {
  ...centeringNames,
  diagonal: true,
  output: true,
  step: true,
  rowsPerCall: true,
  signal: true,
};

/**
 * The average gradient outer product (AGOP) of any function of rows,
 *
 *   AGOP = (1/n) Σ_i Σ_c (∇f_c(x_i) - ḡ) (∇f_c(x_i) - ḡ)ᵀ,
 *
 * with ḡ as `centering` says, in units of (unit of f)² / (unit of column k · unit of column l). Gradients are
 * taken by central differences of f, or are those that you give; `tfjsFunction` of `@agop/nfa` gives exact
 * ones of a TensorFlow.js function. Sums are in float64, on the host; no gradient is kept.
 *
 * Central differences ask for 2 d values of f per row, and are off by about 1e-10 of the gradient where f is
 * smooth on the scale of a step. Where f has a kink at a row they give the mean of both sides.
 *
 * Source: Radhakrishnan, Beaglehole, Pandit, Belkin 2022 (arXiv 2212.13881), eq. 3.
 *
 * @param f rows [n, d] to values [n, outputs], row by row; or its gradients, `{ gradient }`, [n, outputs, d]
 * @param x the rows to average over, [n, d]
 * @returns [d, d], exactly symmetric; or [1, d] with `diagonal`
 * @throws {ShapeError} where f does not give as many numbers for each row
 * @throws {ValueError} for NaN or infinite values of x or f, ragged or empty data, and gradients whose
 *   squares leave the range of float64
 * @throws {DTypeError} for x, or values of f, that are of no accepted kind
 * @throws {OptionError} for an option out of range
 * @throws {AbortedError} through `signal`
 *
 * @example
 * // Of a model of your own; and as the metric that a fit begins with.
 * const agop = await averageGradientOuterProduct((rows) => forest.predict(rows), x);
 * using model = new RFMRegressor({ backend, initialMetric: agop });
 */
export async function averageGradientOuterProduct(
  f: HostFunction | AnalyticFunction,
  x: MatrixInput,
  options: FunctionAgopOptions = {},
): Promise<HostArray> {
  checkGiven('averageGradientOuterProduct()', options, names);
  const { output, signal } = options;
  const diagonal = checkFlag('diagonal', options.diagonal ?? false);
  const centering = resolveCentering(options);
  throwIfAborted(signal, 'The AGOP');
  const rows = await toHostMatrix(x, 'x');
  const { columns } = rows;
  const call = checkWhole(
    'rowsPerCall',
    options.rowsPerCall ?? Math.max(2, Math.min(8192, Math.floor(2 ** 22 / columns))),
    2,
  );
  const { gradients, rowsPerBlock } = gradientsOf(f, call, options.step, () => columnScales(rows));
  const sums = new HostMoments(columns, { centering, diagonal });
  let known: number | undefined;
  for (let begin = 0; begin < rows.rows; begin += rowsPerBlock(columns)) {
    throwIfAborted(signal, 'The AGOP');
    const end = Math.min(rows.rows, begin + rowsPerBlock(columns));
    const data = Float64Array.from(rows.data.slice(begin * columns, end * columns));
    const block = await gradients({ data, shape: [end - begin, columns] }, signal);
    known ??= block.shape[1];
    if (known !== block.shape[1]) {
      throw new ShapeError(`f has ${known} outputs for some rows, and ${block.shape[1]} for others.`);
    }
    sums.add(output === undefined ? block : onlyOutput(block, output));
    await eventLoopTurn();
  }
  return sums.average();
}

interface BlockGradients {
  readonly gradients: FunctionGradients;
  /** How many rows of x make a block. */
  rowsPerBlock(columns: number): number;
}

function gradientsOf(
  f: HostFunction | AnalyticFunction,
  call: number,
  step: number | undefined,
  scales: () => Float64Array,
): BlockGradients {
  if (typeof f === 'function') {
    return {
      gradients: finiteDifferences(f, { scales: scales(), rowsPerCall: call, step }),
      rowsPerBlock: (columns) => Math.max(1, Math.floor(call / (2 * columns))),
    };
  }
  if (typeof f?.gradient === 'function') {
    return { gradients: givenGradients(f), rowsPerBlock: () => call };
  }
  throw new OptionError('f', 'f must be a function of rows, or { gradient } with one.');
}

/** @throws {OptionError} for an output that is not there */
function onlyOutput({ data, shape }: HostArray, output: number): HostArray {
  const [n, outputs, d] = shape as [number, number, number];
  checkOutput(output, outputs);
  const chosen = new Float64Array(n * d);
  for (let i = 0; i < n; i++) {
    const begin = (i * outputs + output) * d;
    chosen.set(data.subarray(begin, begin + d), i * d);
  }
  return { data: chosen, shape: [n, 1, d] };
}

/**
 * Checks the number of an output.
 *
 * @throws {OptionError} for one that is not there
 */
export function checkOutput(output: number, outputs: number): number {
  if (Number.isSafeInteger(output) && output >= 0 && output < outputs) return output;
  throw new OptionError('output', {
    requirement: `be a whole number from 0 to ${outputs - 1}`,
    received: output,
  });
}
