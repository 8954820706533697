import { beats, type Rows, type Samples, type ScoreName, type TargetCoding } from '@agop/estimators';
import type { LeafMachines } from '../leaf/machines.ts';
import type { TreeNode } from '../tree/node.ts';
import { Router, type RoutingOptions } from '../tree/routing.ts';

/** A temperature and how good the model is with it on held-out rows. */
export interface TriedTemperature {
  readonly temperature: number;
  readonly score: number;
}

/** Share of a score that fewer leaves may cost. */
const nearly = 1e-3;

/**
 * Tries temperatures of the routing on held-out rows: every leaf answers for every row once, and the answers
 * are weighted anew for each temperature. With `fewerLeaves` as few leaves answer as predict as well as the
 * most that may, or nearly.
 *
 * @returns the best temperature (the first of equal ones), how many leaves answer, and all scores
 */
export async function tuneTemperature(
  model: { readonly trees: readonly TreeNode[]; readonly machines: LeafMachines },
  { x, y, weights }: Samples<Rows>,
  coding: TargetCoding,
  options: Omit<RoutingOptions, 'temperature'> & {
    readonly temperatures: readonly number[];
    readonly fewerLeaves: boolean;
    readonly selection: ScoreName;
  },
): Promise<{
  readonly temperature: number;
  readonly mostLeaves: number;
  readonly tried: readonly TriedTemperature[];
}> {
  const { trees, machines } = model;
  const routers = trees.map((root) => new Router(root));
  const { outputs } = coding;
  const answers = new Map<number, ArrayLike<number>>();
  for (const leaf of routers.flatMap((router) => router.leaves)) {
    answers.set(leaf, await machines.predict(leaf, x));
  }
  const scoreOf = (temperature: number, mostLeaves: number): number => {
    const sums = new Float64Array(x.rows * outputs);
    for (const router of routers) {
      for (let row = 0; row < x.rows; row++) {
        for (const { leaf, weight } of router.answering(x, row, { ...options, temperature, mostLeaves })) {
          const own = answers.get(leaf) as ArrayLike<number>;
          for (let o = 0; o < outputs; o++) {
            const at = row * outputs + o;
            sums[at] = (sums[at] as number) + (weight / routers.length) * (own[at] as number);
          }
        }
      }
    }
    return coding.score(options.selection, sums, y, weights);
  };
  const { selection, mostLeaves, fewerLeaves } = options;
  const tried = options.temperatures.map((temperature) => ({
    temperature,
    score: scoreOf(temperature, mostLeaves),
  }));
  const best = tried.reduce((a, b) => (beats(selection, b.score, a.score) ? b : a));
  const { temperature } = best;
  const numbers =
    fewerLeaves && temperature > 0 ? Array.from({ length: mostLeaves - 1 }, (_, i) => i + 1) : [];
  const isAsGood = (score: number): boolean =>
    !beats(selection, best.score, score) || Math.abs(score - best.score) <= nearly * Math.abs(best.score);
  const fewest = numbers.find((number) => isAsGood(scoreOf(temperature, number)));
  return { temperature, mostLeaves: fewest ?? mostLeaves, tried };
}
