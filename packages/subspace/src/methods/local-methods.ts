import { OptionError, randomPermutation, subkey } from '@agop/core';
import { takeRows } from '@agop/estimators';
import { distanceOf } from '../distance.ts';
import { indicatorsOf } from '../inverse/slices.ts';
import { firstColumns, type HostMatrix, zeros } from '../linear/matrix.ts';
import { type Eigen, eigenOf } from '../linear/symmetric.ts';
import { localFits } from '../local/fits.ts';
import { keepBlocks, maveStep, ordered } from '../local/mave.ts';
import { modalFits, residualDeviation } from '../local/modal.ts';
import { averageOuterProduct } from '../local/opg.ts';
import { LocalSums, sumsWidth, type Weighting } from '../local/sums.ts';
import { firstWeighting, refinedWeighting } from './bandwidths.ts';
import type { DirectionFinder, Directions, MethodSettings, Problem } from './problem.ts';

/** Methods of local regression: they look at how the response moves where x does. */
export type LocalMethod = 'opg' | 'refinedOpg' | 'mave' | 'refinedMave' | 'modalOpg' | 'csOpg' | 'csMave';

/** Steps end where the directions move by less than this, in ‖P - P'‖_F. */
const settled = 1e-3;

/** The finder of a method of local regression. */
export function localFinder(
  method: LocalMethod,
  problem: Problem,
  settings: MethodSettings,
): DirectionFinder {
  if (method === 'modalOpg' && (problem.isClassification || problem.responses.columns > 1)) {
    throw new OptionError('method', "The method 'modalOpg' needs one column of numbers as y.");
  }
  const isCentral = method === 'csOpg' || method === 'csMave';
  const responses = isCentral ? centralResponses(problem, settings.slices) : problem.responses;
  return new LocalFinder(method, { ...problem, responses }, settings);
}

class LocalFinder implements DirectionFinder {
  readonly #method: LocalMethod;
  readonly #x: HostMatrix;
  readonly #responses: HostMatrix;
  readonly #settings: MethodSettings;
  readonly #local: LocalSums;
  readonly #centers: Int32Array;
  readonly #first: Weighting;
  #opg: Promise<Eigen> | undefined;
  /** Bases while the dimension is lowered from p - 1, by dimension; see {@link LocalFinder.#lowered}. */
  readonly #chain = new Map<number, HostMatrix>();

  constructor(method: LocalMethod, { x, responses }: Problem, settings: MethodSettings) {
    const { backend, dtype, memory, signal, bandwidth } = settings;
    this.#method = method;
    this.#x = x;
    this.#responses = responses;
    this.#settings = settings;
    this.#first = firstWeighting(x, bandwidth);
    this.#centers = chosenCenters(x.rows, settings);
    const centers = this.#centers.length === x.rows ? x : takeRows(x, this.#centers);
    this.#local = new LocalSums(backend, x, responses, centers, { dtype, memory, signal });
  }

  async eigenvalues(): Promise<Float64Array> {
    return (await this.#outerProduct()).values;
  }

  async directions(dimension: number): Promise<Directions> {
    switch (this.#method) {
      case 'opg':
      case 'modalOpg': {
        const { values, vectors } = await this.#outerProduct();
        return { basis: firstColumns(vectors, dimension), eigenvalues: values };
      }
      case 'refinedOpg':
      case 'csOpg':
        return this.#refined(dimension);
      case 'mave':
        return this.#mave(dimension);
      case 'refinedMave':
      case 'csMave':
        return this.#refinedMave(dimension);
    }
  }

  dispose(): void {
    this.#local.dispose();
  }

  /** The average outer product of the first slopes, in all features. */
  #outerProduct(): Promise<Eigen> {
    this.#opg ??= this.#makeOuterProduct();
    return this.#opg;
  }

  async #makeOuterProduct(): Promise<Eigen> {
    const { ridge, modalBandwidth, iterations } = this.#settings;
    const { features } = this.#local;
    const fits = await localFits(this.#local, this.#first, ridge);
    if (this.#method !== 'modalOpg') return eigenOf(averageOuterProduct(fits, features));
    const y = this.#responses.data;
    const bandwidth = modalBandwidth * (residualDeviation(y, fits, this.#centers) || 1);
    const modal = await modalFits(this.#local, this.#first, ridge, fits, { bandwidth, steps: iterations });
    return eigenOf(averageOuterProduct(modal, features));
  }

  /** Slopes in all features, weighted in the coordinates of a basis. */
  async #outerProductNear(basis: HostMatrix): Promise<Eigen> {
    const { bandwidth, ridge } = this.#settings;
    const weighting = refinedWeighting(this.#x, basis, bandwidth);
    return eigenOf(averageOuterProduct(await localFits(this.#local, weighting, ridge), this.#local.features));
  }

  /**
   * A basis of a dimension, lowered step by step from that of all features: each step weighs in the
   * coordinates of the one before. By one at a time, by a fifth where there are many.
   */
  async #lowered(dimension: number): Promise<HostMatrix> {
    const p = this.#local.features;
    if (dimension >= p) return (await this.#outerProduct()).vectors;
    let m = p - 1;
    let basis = this.#chain.get(m) ?? firstColumns((await this.#outerProduct()).vectors, m);
    this.#chain.set(m, basis);
    while (m > dimension) {
      const next = Math.max(dimension, Math.min(m - 1, Math.ceil(0.8 * m)));
      const known = this.#chain.get(next);
      basis = known ?? firstColumns((await this.#outerProductNear(basis)).vectors, next);
      this.#chain.set(next, basis);
      m = next;
    }
    return basis;
  }

  async #refined(dimension: number): Promise<Directions> {
    let basis = await this.#lowered(dimension);
    let values = (await this.#outerProduct()).values;
    for (let step = 0; step < this.#settings.refinements; step++) {
      const found = await this.#outerProductNear(basis);
      const next = firstColumns(found.vectors, dimension);
      const move = distanceOf(next, basis).frobenius;
      [basis, values] = [next, found.values];
      if (move < settled) break;
    }
    return { basis, eigenvalues: values };
  }

  async #mave(dimension: number): Promise<Directions> {
    const { ridge, memory } = this.#settings;
    const { vectors } = await this.#outerProduct();
    const { centers, features, responses } = this.#local;
    const bytes = 8 * centers.rows * sumsWidth(features, responses);
    const kept = bytes <= memory ? await keepBlocks(this.#local, this.#first) : undefined;
    return this.#steps(firstColumns(vectors, dimension), (basis) =>
      maveStep(this.#local, kept ?? this.#local.blocks(this.#first), basis, ridge),
    );
  }

  async #refinedMave(dimension: number): Promise<Directions> {
    const { bandwidth, ridge } = this.#settings;
    const start = (await this.#refined(dimension)).basis;
    return this.#steps(start, (basis) =>
      maveStep(this.#local, this.#local.blocks(refinedWeighting(this.#x, basis, bandwidth)), basis, ridge),
    );
  }

  async #steps(start: HostMatrix, step: (basis: HostMatrix) => ReturnType<typeof maveStep>) {
    let basis = start;
    let eigenvalues = new Float64Array(start.columns);
    for (let iteration = 0; iteration < this.#settings.iterations; iteration++) {
      const next = ordered(await step(basis));
      const move = distanceOf(next.basis, basis).frobenius;
      basis = next.basis;
      eigenvalues = Float64Array.from(next.values);
      if (move < settled) break;
    }
    return { basis, eigenvalues };
  }
}

/** Indicators of values below the borders of slices; of classes, one column each. */
export function centralResponses(
  { values, responses, isClassification }: Problem,
  slices: number,
): HostMatrix {
  if (isClassification) return responses;
  const { data, rows, columns } = values;
  const parts = Array.from({ length: columns }, (_, o) =>
    indicatorsOf(
      Float64Array.from({ length: rows }, (__, i) => data[i * columns + o] as number),
      slices,
    ),
  );
  const width = parts.reduce((sum, part) => sum + part.columns, 0);
  const out = zeros(rows, width);
  let begin = 0;
  for (const part of parts) {
    for (let i = 0; i < rows; i++) {
      const row = part.data.subarray(i * part.columns, (i + 1) * part.columns);
      out.data.set(row, i * width + begin);
    }
    begin += part.columns;
  }
  return out;
}

/** Rows at which local regressions are taken: all, or so many at random. */
export function chosenCenters(
  rows: number,
  { centers, seed }: Pick<MethodSettings, 'centers' | 'seed'>,
): Int32Array {
  if (rows <= centers) return Int32Array.from({ length: rows }, (_, i) => i);
  return randomPermutation(rows, subkey(seed, 'agop-subset')).slice(0, centers).sort();
}
