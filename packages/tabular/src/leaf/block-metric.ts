import type { FloatDType, Scope } from '@agop/core';
import type { HostTensor } from '@agop/estimators';
import { diagonalMetric, fullMetric, identityMetric, type Metric } from '@agop/rfm';

/** A metric of blocks of columns, on the host. */
export class BlockMetric {
  readonly #metric: Metric;
  readonly #data: ArrayLike<number>;
  readonly #width: number;

  /** @param tensor of the metric: [d, d], or [1, d]; undefined of the identity */
  constructor(metric: Metric, tensor: HostTensor | undefined, width: number) {
    this.#metric = metric;
    this.#data = tensor?.data ?? [];
    this.#width = width;
  }

  /** Whether nothing is between blocks of these lengths, one after the other. */
  isOfBlocks(lengths: readonly number[]): boolean {
    if (this.#metric.kind !== 'full') return true;
    const block = lengths.flatMap((length, at) => new Array<number>(length).fill(at));
    const d = this.#width;
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < d; j++) if (block[i] !== block[j] && this.#data[i * d + j] !== 0) return false;
    }
    return true;
  }

  /** The metric of the first columns, whose tensor belongs to the scope. */
  ofFirst(scope: Scope, count: number, dtype: FloatDType): Metric {
    const { kind } = this.#metric;
    if (kind === 'identity') return identityMetric;
    const { form } = this.#metric;
    const rows = kind === 'full' ? count : 1;
    const data = Float64Array.from(
      { length: rows * count },
      (_, at) => this.#data[Math.floor(at / count) * this.#width + (at % count)] as number,
    );
    const tensor = scope.ops.tensor(data, [rows, count], dtype);
    return kind === 'full' ? fullMetric(tensor, form) : diagonalMetric(tensor, form);
  }

  /**
   * Distances between the unit vectors of a block and the origin, which comes last, to the power that they
   * are summed in: [length + 1, length + 1], row-major.
   *
   * @param power p of Σ_k |x_k - z_k|^p; 2 of Mahalanobis distances
   */
  unitDistances(start: number, length: number, power: number): Float64Array {
    const size = length + 1;
    const distances = new Float64Array(size * size);
    for (let a = 0; a < size; a++) {
      for (let b = 0; b < a; b++) {
        const value = this.#isTransform
          ? this.#sum(start, length, power, a, b)
          : this.#form(start, length, a, b);
        distances[a * size + b] = value;
        distances[b * size + a] = value;
      }
    }
    return distances;
  }

  get #isTransform(): boolean {
    return this.#metric.kind !== 'identity' && this.#metric.form === 'transform';
  }

  /** M_aa + M_bb - 2 M_ab. */
  #form(start: number, length: number, a: number, b: number): number {
    const at = (i: number, j: number): number =>
      i === length || j === length ? 0 : this.#entry(start + i, start + j);
    return Math.max(0, at(a, a) + at(b, b) - 2 * at(a, b));
  }

  /** Σ_k |A_ak - A_bk|^p. */
  #sum(start: number, length: number, power: number, a: number, b: number): number {
    const at = (i: number, k: number): number => (i === length ? 0 : this.#entry(start + i, start + k));
    if (this.#metric.kind !== 'full') return Math.abs(at(a, a)) ** power + Math.abs(at(b, b)) ** power;
    let sum = 0;
    for (let k = 0; k < length; k++) sum += Math.abs(at(a, k) - at(b, k)) ** power;
    return sum;
  }

  #entry(i: number, j: number): number {
    if (this.#metric.kind === 'full') return this.#data[i * this.#width + j] as number;
    if (i !== j) return 0;
    return this.#metric.kind === 'identity' ? 1 : (this.#data[i] as number);
  }
}
