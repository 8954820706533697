import { ShapeError, throwIfAborted } from '@agop/core';
import { checkPositive } from '@agop/core/options';
import {
  measureColumns,
  type NumericArray,
  type Rows,
  type ShapedArray,
  toHostMatrix,
} from '@agop/estimators';

/** Numbers on the host in row-major order, with their shape: one of agop's matrix inputs. */
export interface HostArray {
  readonly data: Float64Array;
  readonly shape: readonly number[];
}

/** Numbers that a function of one's own answers with: flat and row-major, nested, or with a shape. */
export type FunctionValues =
  | NumericArray
  | ShapedArray
  | readonly number[]
  | readonly (readonly number[] | NumericArray)[];

/** A function of rows, row by row: [n, d] to [n, outputs], or n numbers. `predict` of an estimator is one. */
export type HostFunction = (rows: HostArray) => FunctionValues | Promise<FunctionValues>;

/** A function by its gradients. */
export interface AnalyticFunction {
  /** The gradients at rows [n, d]: [n, outputs, d], or [n, d] for one output. */
  gradient(rows: HostArray): FunctionValues | Promise<FunctionValues>;
}

/** Gradients at a block of rows, [n, outputs, d]. */
export type FunctionGradients = (rows: HostArray, signal: AbortSignal | undefined) => Promise<HostArray>;

/** What one step of a difference is measured by: see `step` of `averageGradientOuterProduct`. */
export function columnScales(rows: Rows): Float64Array {
  const { deviation } = measureColumns(rows);
  return deviation.map((value, j) => value || Math.abs(rows.data[j] as number) || 1);
}

/** The gradients that somebody else computes, checked. */
export function givenGradients(f: AnalyticFunction): FunctionGradients {
  return async (rows) => {
    const [n, d] = rows.shape as [number, number];
    const data = await readValues(await f.gradient(rows), 'gradient(x)');
    const outputs = data.length / (n * d);
    if (!(Number.isInteger(outputs) && outputs > 0)) {
      throw new ShapeError(
        `gradient(x) must give [n, outputs, d] numbers for rows [n, d], but gives ${data.length} for [${n}, ${d}].`,
      );
    }
    return { data, shape: [n, outputs, d] };
  };
}

interface DifferenceOptions {
  /** [d] */
  readonly scales: Float64Array;
  readonly rowsPerCall: number;
  readonly step: number | undefined;
}

/** Central differences balance rounding and curvature where the step is the cube root of the rounding. */
const defaultStep = Math.cbrt(Number.EPSILON);

/** A step is at least as many units in the last place of the value it is added to. */
const leastUnits = 8;

/**
 * Gradients by central differences, (f(x + h e_k) - f(x - h e_k)) / 2h. The divisor is the difference of the
 * two values as they are rounded.
 *
 * @throws {OptionError} for a step that is not positive
 */
export function finiteDifferences(f: HostFunction, options: DifferenceOptions): FunctionGradients {
  const { scales, rowsPerCall } = options;
  const step = checkPositive('step', options.step ?? defaultStep);
  return async ({ data, shape }, signal) => {
    const [n, d] = shape as [number, number];
    const columnsPerCall = Math.max(1, Math.floor(rowsPerCall / (2 * n)));
    let gradients: Float64Array | undefined;
    let outputs = 0;
    for (let first = 0; first < d; first += columnsPerCall) {
      throwIfAborted(signal, 'The AGOP');
      const last = Math.min(d, first + columnsPerCall);
      const shifted = new Float64Array((last - first) * 2 * n * d);
      const widths = new Float64Array((last - first) * n);
      for (let k = first; k < last; k++) {
        for (let i = 0; i < n; i++) {
          const value = data[i * d + k] as number;
          const h = Math.max(step * (scales[k] as number), leastUnits * Number.EPSILON * Math.abs(value));
          const above = ((k - first) * 2 * n + i) * d;
          const below = above + n * d;
          shifted.set(data.subarray(i * d, (i + 1) * d), above);
          shifted.set(data.subarray(i * d, (i + 1) * d), below);
          shifted[above + k] = value + h;
          shifted[below + k] = value - h;
          widths[(k - first) * n + i] = (shifted[above + k] as number) - (shifted[below + k] as number);
        }
      }
      const rows = (last - first) * 2 * n;
      const values = await readValues(await f({ data: shifted, shape: [rows, d] }), 'f(x)');
      const found = values.length / rows;
      if (!(Number.isInteger(found) && found > 0) || (outputs > 0 && found !== outputs)) {
        throw new ShapeError(
          `f must give as many numbers for each row, but gives ${values.length} for ${rows} rows.`,
        );
      }
      outputs = found;
      gradients ??= new Float64Array(n * outputs * d);
      for (let k = first; k < last; k++) {
        for (let at = 0; at < n * outputs; at++) {
          const above = (k - first) * 2 * n * outputs + at;
          const difference = (values[above] as number) - (values[above + n * outputs] as number);
          const width = widths[(k - first) * n + Math.floor(at / outputs)] as number;
          gradients[at * d + k] = difference / width;
        }
      }
    }
    return { data: gradients ?? new Float64Array(0), shape: [n, outputs, d] };
  };
}

/** Numbers in row-major order, of any rank from 1 to 3, checked. */
async function readValues(values: FunctionValues, what: string): Promise<Float64Array> {
  const isShaped = typeof values === 'object' && values !== null && 'shape' in values;
  const isRank3 = isShaped && Array.isArray(values.shape) && values.shape.length === 3;
  const [n, c, d] = isRank3 ? (values.shape as [number, number, number]) : [0, 0, 0];
  const matrix = isRank3 && 'shape' in values ? { data: values.data, shape: [n * c, d] } : values;
  const { data } = await toHostMatrix(matrix, what);
  return data instanceof Float64Array ? data : Float64Array.from(data);
}
