import {
  type Backend,
  bytesPerElement,
  eventLoopTurn,
  type FloatDType,
  Scope,
  type Tensor,
  throwIfAborted,
} from '@agop/core';
import { uploadRows } from '@agop/estimators';
import type { HostMatrix } from '../linear/matrix.ts';
import { gaussianWeights, modalWeights, productOf } from './weights.ts';

/** How samples are weighted at each center. */
export interface Weighting {
  /** Distances are taken in the coordinates Bᵀx, B [p, m]; undefined for those of x itself. */
  readonly basis?: HostMatrix | undefined;
  /** h of exp(-d² / (2 h²)), positive. */
  readonly bandwidth: number;
  /**
   * Least sum of a center's weights: a center with fewer neighbors gets a larger bandwidth of its own. 0 for
   * the same one everywhere.
   */
  readonly least: number;
  /** A step of modal regression: weights fall with the residuals of a local fit, too. */
  readonly modal?: ModalStep | undefined;
}

/** The local fits whose residuals weigh in modal regression, for one response. */
export interface ModalStep {
  /** [centers, p] */
  readonly slopes: HostMatrix;
  /** Values of the local lines at x = 0, [centers]. */
  readonly constants: Float64Array;
  /** The bandwidth of residuals, positive. */
  readonly bandwidth: number;
}

/** Weighted sums at the centers `begin` to `end`. */
export interface SumsBlock {
  readonly begin: number;
  readonly end: number;
  /** [end - begin, width], see {@link sumsWidth}. */
  readonly sums: ArrayLike<number>;
}

/** What {@link LocalSums} needs. */
export interface LocalSumsOptions {
  readonly dtype: FloatDType;
  /** Bytes that weights, products and sums may take together. */
  readonly memory: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Numbers that are summed per sample: 1, x and the products x_k x_l (k <= l), row by row of the upper
 * triangle of (1, x)(1, x)ᵀ; then (1, x) times each response.
 */
export function sumsWidth(features: number, responses: number): number {
  return ((features + 1) * (features + 2)) / 2 + (features + 1) * responses;
}

/**
 * The weighted sums that all local linear regressions consist of, at many centers at once: a matrix product
 * of the weights [centers, n] with the products of features [n, width]. Everything of size n is on the
 * backend, in row blocks; what it gives is on the host.
 *
 * Costs centers · n · p² operations. Precision: sums in the dtype; in float32 their relative error is some
 * 1e-6, as features are counted from their means.
 */
export class LocalSums {
  readonly features: number;
  readonly responses: number;
  readonly samples: number;
  readonly centers: HostMatrix;
  readonly #backend: Backend;
  readonly #scope: Scope;
  readonly #options: LocalSumsOptions;
  readonly #x: Tensor;
  readonly #y: Tensor;
  readonly #z: Tensor;
  #products: Tensor | undefined;

  /**
   * @param x samples [n, p], counted from their means
   * @param y responses [n, outputs]
   * @param centers where local regressions are taken, [centers, p]
   */
  constructor(
    backend: Backend,
    x: HostMatrix,
    y: HostMatrix,
    centers: HostMatrix,
    options: LocalSumsOptions,
  ) {
    this.#backend = backend;
    this.#options = options;
    this.features = x.columns;
    this.responses = y.columns;
    this.samples = x.rows;
    this.centers = centers;
    this.#scope = new Scope(backend);
    try {
      this.#x = this.#scope.own(uploadRows(backend, x, options.dtype, 'X'));
      this.#y = this.#scope.own(uploadRows(backend, y, options.dtype, 'y'));
      this.#z = centers === x ? this.#x : this.#scope.own(uploadRows(backend, centers, options.dtype, 'X'));
    } catch (error) {
      this.#scope.dispose();
      throw error;
    }
  }

  /** The sums, block by block. @throws {AbortedError} @throws {OutOfMemoryError} */
  async *blocks(weighting: Weighting): AsyncGenerator<SumsBlock, void, undefined> {
    using scope = new Scope(this.#backend);
    const { ops } = scope;
    const { basis, modal } = weighting;
    const { dtype, signal } = this.#options;
    const project = (points: Tensor): Tensor =>
      basis ? ops.matmul(points, ops.tensor(basis.data, [basis.rows, basis.columns], dtype)) : points;
    const x = project(this.#x);
    const z = this.#z === this.#x ? x : project(this.#z);
    const squares = ops.map(productOf, { a: ops.norm(x, 1), b: ops.norm(x, 1) });
    const { rows, centers } = this.#blockSizes();
    for (let begin = 0; begin < this.centers.rows; begin += centers) {
      await eventLoopTurn();
      throwIfAborted(signal, 'The local regressions');
      const end = Math.min(begin + centers, this.centers.rows);
      using block = new Scope(ops);
      const points = { x, squares, z: block.ops.rows(z, begin, end) };
      const scales = await this.#scales(block.ops, points, weighting);
      const step = modal && modalTensors(block.ops, modal, begin, end, dtype);
      const sums = block.ops.full([end - begin, this.#width()], 0, dtype);
      for (let first = 0; first < this.samples; first += rows) {
        using part = new Scope(block.ops);
        const last = Math.min(first + rows, this.samples);
        let weights = weigh(part.ops, points, scales, first, last);
        if (modal && step) {
          const responses = part.ops.reshape(part.ops.rows(this.#y, first, last), [1, last - first]);
          weights = part.ops.pairwise(step.slopes, part.ops.rows(this.#x, first, last), modalWeights, {
            inputs: { w: weights, y: responses, c: step.constants, scale: 2 * modal.bandwidth ** 2 },
          });
        }
        const products = this.#productsOf(part.ops, first, last);
        block.ops.matmul(weights, products, { beta: 1, out: sums });
      }
      yield { begin, end, sums: await sums.read() };
    }
  }

  /** Frees what is on the backend. */
  dispose(): void {
    this.#scope.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #width(): number {
    return sumsWidth(this.features, this.responses);
  }

  /** Samples and centers of a block, so that products, weights and sums stay within the memory. */
  #blockSizes(): { readonly rows: number; readonly centers: number } {
    const numbers = this.#options.memory / bytesPerElement(this.#options.dtype);
    // Products are made of three matrices of their size.
    const width = this.#width();
    const rows = Math.min(this.samples, Math.max(32, Math.floor(numbers / 2 / (3 * width))));
    // Weights stand beside a copy of theirs in modal regression and where bandwidths are sought.
    const centers = Math.max(32, Math.floor(numbers / 2 / (2 * rows + 2 * width)));
    return { rows, centers: Math.min(this.centers.rows, centers) };
  }

  /** 2 h² of each center of a block, [centers, 1]. */
  async #scales(ops: Backend, points: Points, { bandwidth, least }: Weighting): Promise<Tensor> {
    const { dtype } = this.#options;
    const count = points.z.shape[0] as number;
    const scales = new Float64Array(count).fill(
      // A square that vanishes would never grow.
      Math.max(2 * bandwidth ** 2, smallestScale[dtype]),
    );
    let few = Int32Array.from(scales.keys());
    const enough = Math.min(least, this.samples / 2);
    const { rows } = this.#blockSizes();
    while (enough > 0 && few.length > 0) {
      using step = new Scope(ops);
      const z = step.ops.gather(points.z, step.ops.tensor(few, [few.length], 'int32'));
      const own = step.ops.tensor(
        Float64Array.from(few, (row) => scales[row] as number),
        [few.length, 1],
        dtype,
      );
      const total = new Float64Array(few.length);
      for (let first = 0; first < this.samples; first += rows) {
        using part = new Scope(step.ops);
        const last = Math.min(first + rows, this.samples);
        const sums = await part.ops.sum(weigh(part.ops, { ...points, z }, own, first, last), 1).read();
        for (let i = 0; i < total.length; i++) total[i] = (total[i] as number) + (sums[i] as number);
      }
      few = few.filter((_, i) => (total[i] as number) < enough);
      for (const row of few) scales[row] = (scales[row] as number) * widening;
    }
    return ops.tensor(scales, [count, 1], dtype);
  }

  /** (1, x)(1, x)ᵀ and (1, x) yᵀ of some samples, [rows, width]; kept where all of them fit at once. */
  #productsOf(ops: Backend, first: number, last: number): Tensor {
    const isAll = first === 0 && last === this.samples;
    if (isAll && this.#products) return this.#products;
    const { dtype } = this.#options;
    const ones = ops.full([last - first, 1], 1, dtype);
    const extended = ops.concat([ones, ops.rows(this.#x, first, last)], 1);
    const all = ops.concat([extended, ops.rows(this.#y, first, last)], 1);
    const { left, right } = pairs(this.features, this.responses);
    const factor = (chosen: readonly number[], of: Tensor): Tensor =>
      ops.matmul(of, selection(ops, of.shape[1] as number, chosen, dtype));
    const a = factor(left, extended);
    const products = ops.map(productOf, { a, b: factor(right, all) }, { out: a });
    if (!isAll) return products;
    this.#products = this.#scope.own(this.#backend.clone(products));
    return this.#products;
  }
}

/** The smallest squared bandwidths that a dtype tells from 0. */
const smallestScale = { float32: 1e-37, float64: 1e-300 } as const;

/** By how much the squared bandwidth of a center with too few neighbors grows until there are enough. */
const widening = 1.25;

interface Points {
  /** Coordinates of the samples [n, m], the squares of their lengths [n], and the centers of a block. */
  readonly x: Tensor;
  readonly squares: Tensor;
  readonly z: Tensor;
}

/** Gaussian weights of some samples at the centers, [centers, rows]. */
function weigh(ops: Backend, { x, squares, z }: Points, scale: Tensor, first: number, last: number): Tensor {
  const lengths = ops.norm(z, 1);
  const p = ops.map(productOf, { a: lengths, b: lengths });
  const all = ops.reshape(squares, [squares.size, 1]);
  return ops.pairwise(z, ops.rows(x, first, last), gaussianWeights, {
    inputs: {
      p: ops.reshape(p, [p.size, 1]),
      q: ops.reshape(ops.rows(all, first, last), [1, last - first]),
      scale,
    },
  });
}

function modalTensors(
  ops: Backend,
  { slopes, constants }: ModalStep,
  begin: number,
  end: number,
  dtype: FloatDType,
) {
  const { data, columns } = slopes;
  return {
    slopes: ops.tensor(data.subarray(begin * columns, end * columns), [end - begin, columns], dtype),
    constants: ops.tensor(constants.subarray(begin, end), [end - begin, 1], dtype),
  };
}

/** The factors of each product: a column of (1, x), and a column of (1, x, y). */
function pairs(features: number, responses: number): { left: number[]; right: number[] } {
  const [left, right]: [number[], number[]] = [[], []];
  for (let k = 0; k <= features; k++) {
    for (let l = k; l <= features; l++) {
      left.push(k);
      right.push(l);
    }
  }
  for (let o = 0; o < responses; o++) {
    for (let k = 0; k <= features; k++) {
      left.push(k);
      right.push(features + 1 + o);
    }
  }
  return { left, right };
}

/** A matrix that picks columns by a product, which is exact: [columns, chosen]. */
function selection(ops: Backend, columns: number, chosen: readonly number[], dtype: FloatDType): Tensor {
  const data = new Float64Array(columns * chosen.length);
  for (const [to, from] of chosen.entries()) data[from * chosen.length + to] = 1;
  return ops.tensor(data, [columns, chosen.length], dtype);
}
