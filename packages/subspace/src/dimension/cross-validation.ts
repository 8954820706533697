import { randomPermutation, subkey } from '@agop/core';
import { takeRows } from '@agop/estimators';
import { type HostMatrix, product, zeros } from '../linear/matrix.ts';
import { orthonormalized } from '../linear/symmetric.ts';
import type { DirectionFinder, MethodSettings, Problem } from '../methods/problem.ts';
import type { DimensionSelection } from './selection.ts';
import { average, errorsAt, squaresOf } from './smoother-bandwidth.ts';

/** Parts of the rows, each of which is predicted from the others. */
const folds = 5;
/** Differences up to this part of the variance do not count: directions should be worth looking at. */
const negligible = 0.005;
/** Dimensions that are tried beyond the best one before the search ends. */
const patience = 2;

/** Rows on which directions are judged. */
export interface JudgedRows {
  /** [m, p], counted from the means of the rows that are searched. */
  readonly x: HostMatrix;
  /** [m, outputs] */
  readonly responses: HostMatrix;
}

/** A part of the rows that is predicted, and the others. */
interface Fold {
  readonly finder: DirectionFinder;
  readonly training: JudgedRows;
  readonly judged: JudgedRows;
}

/**
 * The number of directions on which local linear regression predicts best: rows of each fold from directions
 * and regression of the other rows, or held-out rows. Directions are found again without the rows that are
 * predicted, as on their own rows also needless directions seem to help. Of dimensions that are as good
 * within one standard error the smallest; 0 where none predicts better than the mean.
 *
 * @param responses what is predicted, [n, outputs]
 * @param held other rows; undefined for folds
 * @param another makes a finder for a part of the rows
 * @param most largest dimension
 */
export async function dimensionByCrossValidation(
  finder: DirectionFinder,
  problem: Problem,
  responses: HostMatrix,
  held: JudgedRows | undefined,
  another: (part: Problem) => DirectionFinder,
  most: number,
  settings: MethodSettings,
): Promise<DimensionSelection> {
  const parts = held
    ? [{ finder, training: { x: problem.x, responses }, judged: held }]
    : foldsOf(problem, responses, another, settings.seed);
  try {
    const errors = [errorsOfMeans(parts)];
    let best = 0;
    for (let r = 1; r <= most && r <= best + patience + 1; r++) {
      errors.push(await errorsOf(parts, r, settings));
      if (average(errors[r] as Float64Array) < average(errors[best] as Float64Array)) best = r;
    }
    const base = average(errors[0] as Float64Array);
    return {
      rule: 'crossValidation',
      found: smallestAsGood(errors, best),
      scores: errors.map((own) => (base > 0 ? average(own) / base : 1)),
      first: 0,
    };
  } finally {
    for (const part of parts) if (part.finder !== finder) part.finder.dispose();
  }
}

/**
 * The smallest dimension whose errors are not larger than those of the best one by more than the standard
 * error of the difference over rows, or by half a percent of the variance: more directions may seem to help
 * by chance, or make up for the errors of the others.
 *
 * Source: the rule of one standard error, Breiman, Friedman, Olshen, Stone, "Classification and Regression
 * Trees" (1984), section 3.4.3.
 */
function smallestAsGood(errors: readonly Float64Array[], best: number): number {
  const enough = negligible * average(errors[0] as Float64Array);
  const least = errors[best] as Float64Array;
  return errors.findIndex((own, r) => {
    if (r === best) return true;
    const differences = own.map((value, i) => value - (least[i] as number));
    const mean = average(differences);
    const variance = average(differences.map((value) => (value - mean) ** 2));
    return mean <= Math.max(enough, Math.sqrt(variance / differences.length));
  });
}

/** Squared errors of the judged rows on r directions, with the bandwidth that is best over all parts. */
async function errorsOf(parts: readonly Fold[], r: number, settings: MethodSettings): Promise<Float64Array> {
  const byBandwidth: Float64Array[][] = [];
  for (const { finder, training, judged } of parts) {
    const basis = orthonormalized((await finder.directions(r)).basis);
    const project = ({ x, responses }: JudgedRows) => ({ coordinates: product(x, basis), responses });
    const errors = await errorsAt(project(training), project(judged), settings);
    for (const [i, own] of errors.entries()) byBandwidth[i] = [...(byBandwidth[i] ?? []), own];
  }
  const all = byBandwidth.map(joined);
  return all.reduce((least, own) => (average(own) < average(least) ? own : least));
}

/** Squared errors of the judged rows where the mean of the others is the guess. */
function errorsOfMeans(parts: readonly Fold[]): Float64Array {
  return joined(
    parts.map(({ training, judged }) =>
      squaresOf(repeated(meanOf(training.responses), judged.x.rows), judged.responses),
    ),
  );
}

function joined(lists: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(lists.reduce((sum, list) => sum + list.length, 0));
  let at = 0;
  for (const list of lists) {
    out.set(list, at);
    at += list.length;
  }
  return out;
}

function foldsOf(
  problem: Problem,
  responses: HostMatrix,
  another: (part: Problem) => DirectionFinder,
  seed: number,
): Fold[] {
  const n = problem.x.rows;
  const count = Math.min(folds, n);
  const order = randomPermutation(n, subkey(seed, 'folds'));
  return Array.from({ length: count }, (_, fold) => {
    const own = order.filter((__, place) => place % count !== fold).sort();
    const others = order.filter((__, place) => place % count === fold).sort();
    const x = takeRows(problem.x, own);
    const mean = meanOf(x);
    const part = {
      ...problem,
      x: moved(x, mean),
      responses: takeRows(problem.responses, own),
      values: takeRows(problem.values, own),
    };
    return {
      finder: another(part),
      training: { x: part.x, responses: takeRows(responses, own) },
      judged: { x: moved(takeRows(problem.x, others), mean), responses: takeRows(responses, others) },
    };
  });
}

function moved({ data, rows, columns }: HostMatrix, origin: Float64Array): HostMatrix {
  return { data: data.map((value, at) => value - (origin[at % columns] as number)), rows, columns };
}

function meanOf({ data, rows, columns }: HostMatrix): Float64Array {
  const mean = new Float64Array(columns);
  for (let at = 0; at < data.length; at++) {
    mean[at % columns] = (mean[at % columns] as number) + (data[at] as number) / rows;
  }
  return mean;
}

function repeated(row: Float64Array, rows: number): HostMatrix {
  const out = zeros(rows, row.length);
  for (let i = 0; i < rows; i++) out.data.set(row, i * row.length);
  return out;
}
