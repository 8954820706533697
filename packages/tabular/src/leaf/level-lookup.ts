import {
  type Backend,
  floatDType,
  input,
  inputNames,
  machineEpsilon,
  multiply,
  Scope,
  selectLessEqual,
  type Tensor,
} from '@agop/core';
import type { HostTensor, Rows } from '@agop/estimators';
import { type FittedRFM, type Kernel, type Metric, roundingFactor } from '@agop/rfm';
import { BlockMetric } from './block-metric.ts';
import type { LeafColumns } from './codes.ts';

/** From so many levels on, a table of their distances is cheaper than a column for each. */
const manyLevels = 64;

/** Bytes of the blocks [rows, centers] that are held at a time. */
const blockBytes = 8 * 2 ** 20;

/** Numbers beyond it are left to checks of their squares. */
const largest = 1e15;

const [u, p, q] = [input('u'), input('p'), input('q')];
const difference = p.add(q).sub(u.mul(2));
/**
 * Squared distances times -1/2, and 0 where they are rounding, as radial kernels have it: in the place of u,
 * with p = q = 0, they are what such a kernel is a function of.
 */
const halved = selectLessEqual(difference, input('roundingP').add(input('roundingQ')), 0, difference).mul(
  -0.5,
);
const sumOfBoth = input('s').add(input('t'));
const absolute = input('a').abs().mul(input('factor'));

/** A column of codes in the metric of a leaf. */
interface CodeDistances {
  readonly column: number;
  readonly place: ReadonlyMap<number, number>;
  /**
   * How far each level is from each center, as {@link distancesOf} has it: [levels + 1, centers].
   * The last row is a code that the leaf has not seen, whose columns are all 0.
   */
  readonly ofCenters: Tensor;
}

/**
 * Predictions of a leaf that has columns of codes with many levels: distances between levels are looked up
 * in a table instead of multiplied out over a column for each level. Distances are sums over the numbers and
 * the codes, since the metric has nothing between them. The same as by one-hot columns, but for rounding.
 */
export class LevelLookup {
  readonly #fitted: FittedRFM;
  readonly #amounts: Int32Array;
  readonly #codes: readonly CodeDistances[];
  readonly #metric: Metric;
  readonly #centers: Tensor;
  readonly #scope: Scope;

  private constructor(
    scope: Scope,
    fitted: FittedRFM,
    own: {
      readonly amounts: Int32Array;
      readonly codes: readonly CodeDistances[];
      readonly metric: Metric;
      readonly centers: Tensor;
    },
  ) {
    this.#scope = scope;
    this.#fitted = fitted;
    this.#amounts = own.amounts;
    this.#codes = own.codes;
    this.#metric = own.metric;
    this.#centers = own.centers;
  }

  /**
   * The tables of a leaf; undefined where they save nothing, or its kernel or its metric are no sums of
   * numbers and codes.
   *
   * @param tensors of the leaf, on the host
   */
  static of(
    fitted: FittedRFM,
    columns: LeafColumns,
    tensors: Readonly<Record<string, HostTensor>>,
  ): LevelLookup | undefined {
    const { machine, origin } = fitted;
    const { backend, kernel, metric } = machine;
    const { amounts, codes, width } = columns;
    const levels = codes.reduce((sum, own) => sum + own.levels.length, 0);
    const centers = tensors['centers']?.data;
    const [power, factor] = kernel.geometry === 'power' ? [kernel.p, 1] : [2, -0.5];
    const isSum = kernel.geometry === 'power' || (kernel.geometry === 'inner' && kernel.radial);
    if (levels < manyLevels || amounts.length === 0 || !isSum || !centers) return undefined;
    const host = new BlockMetric(metric, tensors['metric'], width);
    if (!host.isOfBlocks([amounts.length, ...codes.map((own) => own.levels.length)])) return undefined;
    const scope = new Scope(backend);
    try {
      const dtype = floatDType(machine.centers);
      const m = centers.length / width;
      let start = amounts.length;
      const lookups = codes.map(({ column, levels: own }): CodeDistances => {
        const between = host.unitDistances(start, own.length, power);
        const table = new Float64Array((own.length + 1) * m);
        for (let center = 0; center < m; center++) {
          const at = levelOf(centers, origin, center * width, start, own.length);
          for (let level = 0; level <= own.length; level++) {
            table[level * m + center] = factor * (between[level * (own.length + 1) + at] as number);
          }
        }
        start += own.length;
        return {
          column,
          place: new Map(Array.from(own, (code, at) => [code, at])),
          ofCenters: scope.own(backend.tensor(table, [own.length + 1, m], dtype)),
        };
      });
      const count = amounts.length;
      const numbers = Float64Array.from({ length: m * count }, (_, at) => {
        return centers[Math.floor(at / count) * width + (at % count)] as number;
      });
      return new LevelLookup(scope, fitted, {
        amounts,
        codes: lookups,
        metric: host.ofFirst(scope, count, dtype),
        centers: scope.own(backend.tensor(numbers, [m, count], dtype)),
      });
    } catch (error) {
      scope.dispose();
      throw error;
    }
  }

  /** Outputs for rows, [n, outputs], row-major; undefined where a number is so large that it needs checks. */
  async predict({ data, rows, columns }: Rows): Promise<ArrayLike<number> | undefined> {
    const { machine, origin } = this.#fitted;
    const { backend, kernel } = machine;
    const dtype = floatDType(machine.centers);
    const [m, c] = machine.coefficients.shape as [number, number];
    const count = this.#amounts.length;
    const numbers = new Float64Array(rows * count);
    for (let row = 0; row < rows; row++) {
      for (const [k, column] of this.#amounts.entries()) {
        const value = (data[row * columns + column] as number) - (origin?.[k] ?? 0);
        if (!(Math.abs(value) < largest)) return undefined;
        numbers[row * count + k] = value;
      }
    }
    const outputs = new Float64Array(rows * c);
    using scope = new Scope(backend);
    const centers = prepared(scope.ops, kernel, this.#metric, this.#centers);
    const block = Math.max(32, Math.floor(blockBytes / (8 * m)));
    for (let begin = 0; begin < rows; begin += block) {
      const end = Math.min(begin + block, rows);
      using inner = new Scope(scope.ops);
      const { ops } = inner;
      const x = ops.tensor(numbers.subarray(begin * count, end * count), [end - begin, count], dtype);
      let sums = distancesOf(ops, kernel, prepared(ops, kernel, this.#metric, x), centers);
      for (const { column, place, ofCenters } of this.#codes) {
        const codes = Int32Array.from({ length: end - begin }, (_, i) => {
          return place.get(data[(begin + i) * columns + column] as number) ?? place.size;
        });
        const t = ops.gather(ofCenters, ops.tensor(codes, [codes.length], 'int32'));
        sums = ops.map(sumOfBoth, { s: sums, t }, { out: sums });
      }
      const values = ops.map(kernel.value, valueInputs(ops, kernel, sums));
      outputs.set(await ops.matmul(values, machine.coefficients).read(), begin * c);
    }
    return outputs;
  }

  /** Frees the tables. */
  dispose(): void {
    this.#scope.dispose();
  }
}

/** Which of the levels a center has; their number where it has none. */
function levelOf(
  centers: ArrayLike<number>,
  origin: ArrayLike<number> | undefined,
  row: number,
  start: number,
  length: number,
): number {
  for (let at = 0; at < length; at++) {
    if ((centers[row + start + at] as number) + (origin?.[start + at] ?? 0) > 0.5) return at;
  }
  return length;
}

/** Numbers as distances need them. */
interface Prepared {
  readonly coordinates: Tensor;
  readonly weighted: Tensor;
  readonly squares: Tensor | undefined;
  readonly rounding: Tensor | undefined;
}

/** Tensors belong to the scope of `ops`. */
function prepared(ops: Backend, kernel: Kernel, metric: Metric, x: Tensor): Prepared {
  const times = (): Tensor => {
    if (metric.kind === 'identity') return x;
    return metric.kind === 'full' ? ops.matmul(x, metric.tensor) : multiply(ops, x, metric.tensor);
  };
  const weighted = times();
  const coordinates = metric.kind !== 'identity' && metric.form === 'transform' ? weighted : x;
  if (kernel.geometry !== 'inner') return { coordinates, weighted, squares: undefined, rounding: undefined };
  const products = multiply(ops, coordinates, weighted);
  const squares = ops.sum(products, 1);
  const factor = roundingFactor(x.shape[1] as number) * machineEpsilon(floatDType(x));
  return { coordinates, weighted, squares, rounding: ops.sum(ops.map(absolute, { a: products, factor }), 1) };
}

/** Distances of all pairs to the power that they are summed in, times -1/2 of radial kernels: [n, m]. */
function distancesOf(ops: Backend, kernel: Kernel, x: Prepared, z: Prepared): Tensor {
  if (kernel.geometry === 'power') return ops.powerDistances(x.coordinates, z.coordinates, kernel.p);
  const row = (column: Tensor | undefined): Tensor =>
    ops.reshape(column as Tensor, [1, (column as Tensor).size]);
  return ops.pairwise(x.weighted, z.coordinates, halved, {
    inputs: {
      p: x.squares as Tensor,
      q: row(z.squares),
      roundingP: x.rounding as Tensor,
      roundingQ: row(z.rounding),
    },
  });
}

/** What a kernel's expression is evaluated with, where all of its distance is in one sum. */
function valueInputs(ops: Backend, kernel: Kernel, sums: Tensor): Record<string, Tensor | number> {
  const [n, m] = sums.shape as [number, number];
  const zeros = (shape: readonly [number, number]): Tensor => ops.full(shape, 0, floatDType(sums));
  const none = { p: zeros([n, 1]), q: zeros([1, m]) };
  const own =
    kernel.geometry === 'power' ? { s: sums } : { u: sums, ...none, roundingP: none.p, roundingQ: none.q };
  const names = inputNames(kernel.value);
  const all: Record<string, Tensor | number> = { ...own, ...kernel.parameters };
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
}
