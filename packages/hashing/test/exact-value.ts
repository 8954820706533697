import * as highs from 'highs';
import { WorstQueries, type WorstQuery } from '../src/game/best-response.ts';
import { type NodePoints, varyingBits } from '../src/game/node-points.ts';
import { PackedPoints } from '../src/game/packed-points.ts';
import { valuesAt } from '../src/game/play.ts';

interface Solver {
  solve(
    program: string,
    options: Readonly<Record<string, number>>,
  ): {
    readonly ObjectiveValue: number;
    readonly Columns: Readonly<Record<string, { readonly Primal: number }>>;
  };
}

/**
 * The value of the game by cutting planes: the largest t such that some distribution gains at least t from
 * every query found so far; then the worst query for that distribution joins them, until it gains t as well.
 *
 * @param values u_i(b), [bits, 2]
 */
export async function exactValue(points: NodePoints, values: Float64Array, radius: number): Promise<number> {
  const { solve } = await loadSolver();
  const coordinates = varyingBits(points);
  const packed = new PackedPoints(points, coordinates);
  const chosen = valuesAt(values, coordinates);
  const queries = new WorstQueries(packed, chosen, radius);
  let weights = new Float64Array(coordinates.length).fill(1 / coordinates.length);
  const sum = Array.from(weights, (_, j) => `p${j}`).join(' + ');
  const rows: string[] = [];
  const tolerances = { primal_feasibility_tolerance: 1e-10, dual_feasibility_tolerance: 1e-10 };
  while (rows.length < 2000) {
    rows.push(`c${rows.length}: ${gain(packed, chosen, queries.find(weights))} - t >= 0`);
    const program = `Maximize\n obj: t\nSubject To\n ${rows.join('\n ')}\n total: ${sum} = 1\nEnd`;
    const { Columns, ObjectiveValue } = solve(program, tolerances);
    weights = weights.map((_, j) => Columns[`p${j}`]?.Primal ?? Number.NaN);
    if (queries.find(weights).payoff >= ObjectiveValue * (1 - 1e-12)) return ObjectiveValue;
  }
  throw new Error('The cutting planes do not end.');
}

/** What each test gains from a query, as the terms of a linear program. */
function gain(packed: PackedPoints, values: Float64Array, { point, flips }: WorstQuery): string {
  return Array.from({ length: packed.coordinates.length }, (_, j) => j)
    .filter((j) => !flips.includes(j))
    .map((j) => `${values[2 * j + packed.bit(point, j)]} p${j}`)
    .join(' + ');
}

/** The package's own types know its export by another name than Node does. */
async function loadSolver(): Promise<Solver> {
  const load: unknown = highs.default;
  if (!isLoader(load)) throw new Error('highs has no loader.');
  const solver = await load();
  return { solve: (program, options) => solver.solve(program, options) };
}

function isLoader(value: unknown): value is () => Promise<Solver> {
  return typeof value === 'function';
}
