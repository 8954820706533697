import { randomPermutation, subkey } from '@agop/core';
import { takeRows } from '@agop/estimators';
import { type HostMatrix, product, zeros } from '../linear/matrix.ts';
import { orthonormalized } from '../linear/symmetric.ts';
import type { DirectionFinder, MethodSettings, Problem } from '../methods/problem.ts';
import type { DimensionSelection } from './selection.ts';
import { errorsAt, meanSquare } from './smoother-bandwidth.ts';

/** Parts of the rows, each of which is predicted from the others. */
const folds = 5;
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
 * predicted, as on their own rows also needless directions seem to help. 0 where none predicts better than
 * the mean.
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
    const rows = parts.reduce((sum, { judged }) => sum + judged.x.rows, 0);
    const base = parts.reduce((sum, { training, judged }) => {
      const guess = repeated(meanOf(training.responses), judged.x.rows);
      return sum + (meanSquare(guess, judged.responses) * judged.x.rows) / rows;
    }, 0);
    const scores = [1];
    let found = 0;
    for (let r = 1; r <= most && r <= found + patience + 1; r++) {
      const error = await errorOf(parts, r, rows, settings);
      scores.push(base > 0 ? error / base : 1);
      if ((scores[r] as number) < (scores[found] as number)) found = r;
    }
    return { rule: 'crossValidation', found, scores, first: 0 };
  } finally {
    for (const part of parts) if (part.finder !== finder) part.finder.dispose();
  }
}

/** The mean squared error on r directions, with the bandwidth that is best over all parts. */
async function errorOf(
  parts: readonly Fold[],
  r: number,
  rows: number,
  settings: MethodSettings,
): Promise<number> {
  let total: readonly number[] = [];
  for (const { finder, training, judged } of parts) {
    const basis = orthonormalized((await finder.directions(r)).basis);
    const project = ({ x, responses }: JudgedRows) => ({ coordinates: product(x, basis), responses });
    const errors = await errorsAt(project(training), project(judged), settings);
    total = errors.map((error, i) => (total[i] ?? 0) + (error * judged.x.rows) / rows);
  }
  return Math.min(...total);
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
