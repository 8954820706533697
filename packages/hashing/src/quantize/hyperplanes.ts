import { randomArray, ShapeError, subkey, ValueError } from '@agop/core';
import { eigh } from '@agop/core/host';
import { checkMembers, checkObject, type Given, resolve, whole } from '@agop/core/options';
import { type MatrixInput, toHostMatrix } from '@agop/estimators';
import type { BitMatrix } from '../bits/bit-matrix.ts';
import { packRows } from './threshold.ts';

const hyperplaneOptions = {
  bits: whole({ from: 1, to: 2 ** 16, description: 'Number of hyperplanes', default: 256 }),
  seed: whole({ from: 0, description: 'Seed of the hyperplanes', default: 0 }),
};

/** A metric M on the host: [d, d] symmetric, or its diagonal [1, d]; what `metric()` of an RFM gives. */
export interface HyperplaneMetric {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
}

/** Options of {@link Hyperplanes.draw}. */
export interface HyperplaneOptions extends Given<typeof hyperplaneOptions> {
  /**
   * The metric in which the hyperplanes are drawn: normals M^½ g with g standard normal, so that two points
   * differ in the more bits the farther apart they are in that metric. Default the identity.
   */
  readonly metric?: HyperplaneMetric;
}

/**
 * Random hyperplanes, which make bits of points: bit i says on which side of the i-th one a point lies. Each
 * goes through a point of the sample drawn at random, so that near points share bits wherever they lie.
 */
export class Hyperplanes {
  /** Number of features. */
  readonly features: number;
  /** Normals, [bits, d], row-major. */
  readonly normals: Float64Array;
  /** Products with the normal from which on a bit is 1, [bits]. */
  readonly thresholds: Float64Array;

  private constructor(features: number, normals: Float64Array, thresholds: Float64Array) {
    this.features = features;
    this.normals = normals;
    this.thresholds = thresholds;
  }

  /**
   * Draws hyperplanes for points like these.
   *
   * @param x sample [n, d], in the units in which the metric was learned
   * @throws {ValueError} for NaN or infinite values, ragged or empty data; for a metric with entries that are
   *   not finite, or with a negative direction
   * @throws {ShapeError} for a metric of other features
   * @throws {OptionError} for an option out of range
   */
  static async draw(x: MatrixInput, options: HyperplaneOptions = {}): Promise<Hyperplanes> {
    const { metric, ...given } = checkObject('Hyperplanes.draw()', options);
    if (metric !== undefined) checkMembers('metric', metric, { data: 'numbers', shape: 'numbers' });
    const { bits, seed } = resolve(hyperplaneOptions, given);
    const sample = await toHostMatrix(x, 'X');
    const d = sample.columns;
    const root = metric && rootOf(metric, d);
    const drawn = randomArray(bits * d, 'normal', subkey(seed, 'hyperplanes', 0), 'float64');
    const normals = root ? multiply(drawn, root, bits, d) : drawn;
    const rows = randomArray(bits, 'uniform', subkey(seed, 'hyperplanes', 1), 'float64');
    const thresholds = Float64Array.from(rows, (uniform, i) =>
      product(normals, i * d, sample.data, Math.floor(uniform * sample.rows) * d, d),
    );
    return new Hyperplanes(d, normals, thresholds);
  }

  /** Number of hyperplanes, and of the bits of a point. */
  get bits(): number {
    return this.thresholds.length;
  }

  /**
   * The bits of points.
   *
   * @param x [n, d]
   * @returns [n, bits]
   * @throws {ValueError} for NaN or infinite values, ragged or empty data
   * @throws {ShapeError} for other features than those of the sample
   */
  async toBits(x: MatrixInput): Promise<BitMatrix> {
    const { data, rows, columns } = await toHostMatrix(x, 'X');
    const d = this.features;
    if (columns !== d) {
      throw new ShapeError(`X has ${columns} columns, but the hyperplanes were drawn for ${d}.`);
    }
    return packRows(
      rows,
      this.bits,
      (row, i) => product(this.normals, i * d, data, row * d, d) >= (this.thresholds[i] as number),
    );
  }
}

/** M^½, [d, d]; of a diagonal metric its diagonal, [d]. */
function rootOf({ data, shape }: HyperplaneMetric, d: number): Float64Array {
  const values = Float64Array.from(data);
  const isDiagonal = shape.length === 2 && shape[0] === 1 && d > 1;
  const fits = shape.length === 2 && shape[1] === d && (isDiagonal || shape[0] === d);
  if (!fits || values.length !== (isDiagonal ? d : d * d)) {
    throw new ShapeError(`The metric must be [${d}, ${d}] or [1, ${d}], but is [${shape.join(', ')}].`);
  }
  if (!values.every(Number.isFinite)) throw new ValueError('The metric has entries that are not finite.');
  if (isDiagonal) return values.map((value) => Math.sqrt(notNegative(value, Math.max(...values))));
  const { values: eigenvalues, vectors } = eigh(values, d);
  const largest = eigenvalues.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const roots = eigenvalues.map((value) => Math.sqrt(notNegative(value, largest)));
  const root = new Float64Array(d * d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++) {
      let sum = 0;
      for (let k = 0; k < d; k++) {
        sum += (vectors[i * d + k] as number) * (roots[k] as number) * (vectors[j * d + k] as number);
      }
      root[i * d + j] = sum;
    }
  }
  return root;
}

/** An eigenvalue; 0 for one that rounding made negative. */
function notNegative(value: number, largest: number): number {
  if (value < -1e-6 * largest) throw new ValueError('The metric has a negative direction: it is no metric.');
  return Math.max(value, 0);
}

function multiply(rows: Float64Array, root: Float64Array, count: number, d: number): Float64Array {
  const isDiagonal = root.length === d && d > 1;
  if (isDiagonal) return rows.map((value, at) => value * (root[at % d] as number));
  return rows.map((_, at) => product(rows, at - (at % d), root, (at % d) * d, d)).subarray(0, count * d);
}

function product(
  a: ArrayLike<number>,
  begin: number,
  b: ArrayLike<number>,
  other: number,
  d: number,
): number {
  let sum = 0;
  for (let k = 0; k < d; k++) sum += (a[begin + k] as number) * (b[other + k] as number);
  return sum;
}
