import { type Backend, chooseDType, Scope, subkey, type Tensor, ValueError } from '@agop/core';
import type { Rows } from '@agop/estimators';
import {
  disposeMetric,
  featureLearning,
  identityMetric,
  type Kernel,
  kernelFromDescription,
  type Metric,
  medianDistance,
  nextMetric,
  refinedCholeskySolver,
  resolveMetricUpdate,
  scaleBandwidth,
} from '@agop/rfm';
import { LeafColumns } from '../leaf/codes.ts';
import { type Candidate, metricForm } from './candidate.ts';
import { type Comparison, lossOf } from './comparison.ts';
import { inUnits, type OutputScale } from './output-scale.ts';
import { RidgeFits } from './ridge-fits.ts';

/** A candidate to be judged on one division of the rows. Plain data where the score is a name. */
export interface CandidateJob {
  readonly candidate: Candidate;
  /** Training rows, prepared as the candidate wants them. */
  readonly x: Rows;
  /** Columns that hold codes of categories, see `LeafSettings`. */
  readonly codes: readonly number[];
  /** What the outputs are fitted to, [n, outputs], row-major. */
  readonly targets: Float64Array;
  readonly outputs: number;
  /** How much each training row counts, positive, [n]; undefined where all count alike. */
  readonly weights: ArrayLike<number> | undefined;
  /** Held-out rows; undefined: each training row is left out alone. */
  readonly held: Rows | undefined;
  /** What outputs for the held-out rows are compared with. */
  readonly comparison: Comparison;
  /** How outputs become what is compared: one for each output of a regression; none of a classification. */
  readonly scales: readonly OutputScale[];
  /** λ of the fits that metrics are learned from, by iteration; undefined: those that judge best. */
  readonly learningRidges: readonly number[] | undefined;
  readonly seed: number;
  /**
   * When, in milliseconds of `Date.now()`, no further metric is begun, and what has been fitted is judged;
   * undefined: never.
   */
  readonly deadline: number | undefined;
}

/** One fit of a candidate. */
export interface JudgedFit {
  readonly iteration: number;
  readonly ridge: number;
  /** For the held-out rows, [rows, outputs]: in the units of the targets, or outputs of classes. */
  readonly predictions: Float32Array<ArrayBuffer>;
}

/** All fits of a candidate on one division. Plain data. */
export interface CandidateFits {
  readonly fits: readonly JudgedFit[];
  /** λ of the fits that metrics were learned from. */
  readonly learningRidges: readonly number[];
}

/** An update is bad where its best ridge is worse than the best so far by this factor. */
const hopeless = 1.15;
/**
 * Updates end after so many bad ones, one after the other. On few rows, where another update costs little,
 * one bad update is not the end: it may be on the way to a better metric, where columns say something
 * together only (as the parity of some of them).
 */
const badUpdatesBefore = { fewRows: 2, manyRows: 1 } as const;
/** Up to so many training rows are few. */
const fewRows = 1000;

/**
 * Fits a candidate with all of its ridges in each metric, one kernel matrix for all of them, and predicts the
 * held-out rows. The metric is learned from the fit of the ridge that predicts them best.
 *
 * @throws {NotPositiveDefiniteError} if no ridge could be solved
 * @throws {DegenerateMetricError} if an AGOP cannot be the next metric
 * @throws {AbortedError} through `signal`
 */
export async function fitCandidate(
  backend: Backend,
  job: CandidateJob,
  signal: AbortSignal | undefined,
): Promise<CandidateFits> {
  using scope = new Scope(backend);
  const { candidate, held, weights, seed, scales, comparison } = job;
  const { iterations, ridges, diagonal, bandwidthMode } = candidate;
  // Small ridges want float64 where the backend has it.
  const dtype = chooseDType(backend, undefined, 'float64');
  const upload = (rows: Rows): Tensor =>
    scope.own(backend.tensor(rows.data, [rows.rows, rows.columns], dtype));
  const columns = LeafColumns.of(job.x, job.codes);
  const [x, heldX] = [upload(columns.expand(job.x)), held && upload(columns.expand(held))];
  const y = scope.own(backend.tensor(job.targets, [job.x.rows, job.outputs], dtype));
  const update = resolveMetricUpdate({ ...metricForm(candidate), diagonal, blocks: columns.blocks([]) });
  const kernel = kernelFromDescription(candidate.kernel);
  const solvers = ridges.map(() => refinedCholeskySolver());
  const kernelIn = async (metric: Metric, iteration: number): Promise<Kernel> => {
    if (bandwidthMode === 'constant') return kernel;
    const median = await medianDistance(
      backend,
      kernel,
      metric,
      x,
      subkey(seed, 'median-distance', iteration),
    );
    return scaleBandwidth(kernel, median || 1);
  };
  const loop = featureLearning<RidgeFits, Metric>({
    iterations,
    signal,
    initialMetric: identityMetric,
    fit: async (metric, iteration) => {
      const adapted = await kernelIn(metric, iteration);
      return RidgeFits.solve(backend, { kernel: adapted, metric, x, y, weights, ridges, solvers }, !held);
    },
    agop: (machine) => machine.agop(diagonal),
    next: (agop) => nextMetric(backend, agop, update),
    release: disposeMetric,
  });
  const fits: JudgedFit[] = [];
  const learningRidges: number[] = [];
  let best = Number.POSITIVE_INFINITY;
  let badUpdates = 0;
  const mostBadUpdates = badUpdatesBefore[job.x.rows <= fewRows ? 'fewRows' : 'manyRows'];
  for await (const { iteration, machine } of loop) {
    const judged = heldX ? await machine.predict(heldX) : machine.leftOut;
    const own = judged.map(({ ridge, outputs }) => ({
      iteration,
      ridge,
      predictions: inUnits(scales, outputs),
    }));
    fits.push(...own);
    const [chosen, loss] = lowest(own.map(({ predictions }) => lossOf(comparison, predictions)));
    const ridge = job.learningRidges?.[iteration] ?? judged[chosen]?.ridge;
    if (ridge === undefined) break;
    machine.learnFrom(ridge);
    learningRidges.push(ridge);
    badUpdates = loss > hopeless * best ? badUpdates + 1 : 0;
    if (!job.learningRidges && badUpdates === mostBadUpdates) break;
    if (job.deadline !== undefined && Date.now() > job.deadline) break;
    best = Math.min(best, loss);
  }
  if (fits.length === 0) throw new ValueError('No fit of the candidate could be judged.');
  return { fits, learningRidges };
}

/** The first smallest value and its place; NaN is larger than all. */
function lowest(values: readonly number[]): readonly [at: number, value: number] {
  let [at, value] = [0, Number.POSITIVE_INFINITY];
  for (const [index, one] of values.entries()) if (one < value) [at, value] = [index, one];
  return [at, value];
}
