import { ValueError } from '@agop/core';
import type { HostArray } from './function-gradients.ts';
import type { Centering } from './options.ts';

/**
 * Sums of outer products of gradients on the host, in float64. Where the mean is to be subtracted in the end,
 * all gradients are first shifted by the mean of the first block, which centering removes: so it cancels no
 * digits. They are divided by the largest entry of the first block, so that squares stay in range while
 * the result does.
 */
export class HostMoments {
  readonly #d: number;
  readonly #centering: Centering;
  readonly #diagonal: boolean;
  #count = 0;
  #unit = 0;
  /** Upper triangle of Σ ĝ ĝᵀ [d, d], or its diagonal [d]. */
  readonly #second: Float64Array;
  /** Per output, [outputs, d]. */
  #shift: Float64Array | undefined;
  #sums = new Float64Array(0);

  constructor(
    d: number,
    { centering, diagonal }: { readonly centering: Centering; readonly diagonal: boolean },
  ) {
    this.#d = d;
    this.#centering = centering;
    this.#diagonal = diagonal;
    this.#second = new Float64Array(diagonal ? d : d * d);
  }

  /** @param block gradients [n, outputs, d] */
  add({ data, shape }: HostArray): void {
    const [n, outputs, d] = shape as [number, number, number];
    if (this.#unit === 0) this.#unit = largest(data);
    this.#shift ??= this.#firstShift(data, n, outputs);
    if (this.#sums.length === 0) this.#sums = new Float64Array(outputs * d);
    this.#count += n;
    const unit = this.#unit || 1;
    const g = new Float64Array(d);
    for (let row = 0; row < n * outputs; row++) {
      const output = (row % outputs) * d;
      for (let k = 0; k < d; k++) {
        const value = ((data[row * d + k] as number) - (this.#shift[output + k] as number)) / unit;
        g[k] = value;
        this.#sums[output + k] = (this.#sums[output + k] as number) + value;
      }
      this.#addProduct(g, 1);
    }
  }

  /** The AGOP, [d, d] or [1, d]. @throws {ValueError} where it leaves the range of float64 */
  average(): HostArray {
    const d = this.#d;
    const n = this.#count;
    const outputs = this.#sums.length / d;
    if (this.#centering === 'output') {
      for (let o = 0; o < outputs; o++) this.#addProduct(this.#meanOf(o), -n);
    } else if (this.#centering === 'pooled') {
      const pooled = new Float64Array(d);
      for (let o = 0; o < outputs; o++) {
        const mean = this.#meanOf(o);
        for (let k = 0; k < d; k++) pooled[k] = (pooled[k] as number) + (mean[k] as number) / outputs;
      }
      this.#addProduct(pooled, -n * outputs);
    }
    const unit = this.#unit;
    const scaled = this.#second.map((value) => (value / n) * unit * unit);
    const vanishes = unit > 0 && unit * unit === 0;
    if (vanishes || !scaled.every(Number.isFinite)) {
      throw new ValueError(
        `Squares of gradients ${vanishes ? 'vanish' : 'overflow'} in float64: they are up to ${unit.toPrecision(3)}. Rescale f or x.`,
      );
    }
    if (this.#diagonal) return { data: scaled, shape: [1, d] };
    for (let k = 0; k < d; k++) {
      for (let l = 0; l < k; l++) scaled[k * d + l] = scaled[l * d + k] as number;
    }
    return { data: scaled, shape: [d, d] };
  }

  #meanOf(output: number): Float64Array {
    const d = this.#d;
    return this.#sums.slice(output * d, (output + 1) * d).map((sum) => sum / this.#count);
  }

  #addProduct(g: Float64Array, factor: number): void {
    const d = this.#d;
    const second = this.#second;
    for (let k = 0; k < d; k++) {
      const left = factor * (g[k] as number);
      if (left === 0) continue;
      if (this.#diagonal) {
        second[k] = (second[k] as number) + left * (g[k] as number);
        continue;
      }
      for (let l = k; l < d; l++) {
        second[k * d + l] = (second[k * d + l] as number) + left * (g[l] as number);
      }
    }
  }

  #firstShift(data: Float64Array, n: number, outputs: number): Float64Array {
    const d = this.#d;
    const shift = new Float64Array(outputs * d);
    if (this.#centering === 'none') return shift;
    const isPooled = this.#centering === 'pooled';
    const terms = isPooled ? n * outputs : n;
    for (let at = 0; at < data.length; at++) {
      const to = isPooled ? at % d : at % (outputs * d);
      shift[to] = (shift[to] as number) + (data[at] as number) / terms;
    }
    for (let at = d; isPooled && at < shift.length; at++) shift[at] = shift[at - d] as number;
    return shift;
  }
}

function largest(data: Float64Array): number {
  let size = 0;
  for (const value of data) size = Math.max(size, Math.abs(value));
  return size;
}
