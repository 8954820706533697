import type { Backend } from '@agop/core';
import { takeRows } from '@agop/data';
import { type TableModelOptions, TabularClassifier, TabularRegressor } from '@agop/tabular';
import type { TalentSet } from './sets.ts';

/** The two ways in which settings are chosen. */
export type Mode = 'quick' | 'tuned';

/** What one fit gave. */
export interface TalentResult {
  readonly set: string;
  readonly mode: Mode;
  readonly seed: number;
  /** RMSE of a regression, accuracy of a classification, on the test rows. */
  readonly test: number;
  /** The score that chose, on the validation rows. */
  readonly validation: number;
  readonly trials: number;
  readonly seconds: number;
  readonly members: readonly {
    readonly share: number;
    readonly kernel: string;
    readonly numbers: string;
    readonly updates: number;
    readonly ridge: number;
  }[];
}

/** How many candidates are tried, and for how long. */
export interface Effort {
  readonly trials: number;
  /** Undefined: no limit. */
  readonly seconds: number | undefined;
}

/**
 * Fits a set as its protocol asks: `train` is fitted, `val` chooses and is not fitted afterwards, and the
 * test rows are read once, after all choices.
 */
export async function fitTalent(
  backend: Backend,
  set: TalentSet,
  mode: Mode,
  seed: number,
  effort: Effort,
): Promise<TalentResult> {
  const { table, split, target, categorical, isRegression } = set;
  const rows = takeRows(table, [...split.train, ...split.val]);
  const held = split.val.map((_, at) => split.train.length + at);
  const options: TableModelOptions = {
    backend,
    seed,
    judging: { kind: 'rows', held },
    ...(mode === 'tuned' && { trials: effort.trials, members: 4 }),
    ...(effort.seconds !== undefined && { seconds: effort.seconds }),
    ...(mode === 'quick' && { trials: quickTrials }),
  };
  const started = performance.now();
  const test = takeRows(table, split.test);
  const measure = async (model: TabularRegressor | TabularClassifier, score: () => Promise<number>) => ({
    set: set.name,
    mode,
    seed,
    test: await score(),
    validation: model.chosenBy.score,
    trials: new Set(model.history.map(({ trial }) => trial)).size,
    seconds: (performance.now() - started) / 1000,
    members: model.members.map(({ share, candidate: { kernel, numbers }, choice }) => ({
      share,
      kernel: `${kernel.name} ${Object.values(kernel.parameters)
        .map((value) => value.toPrecision(3))
        .join(' ')}`,
      numbers,
      updates: choice.iteration,
      ridge: choice.ridge,
    })),
  });
  if (isRegression) {
    using model = new TabularRegressor(options);
    await model.fit(rows, target, { categorical });
    return await measure(model, async () => (await model.evaluate(test)).rmse);
  }
  using model = new TabularClassifier({ ...options, metric: 'brier' });
  await model.fit(rows, target, { categorical });
  return await measure(model, async () => (await model.evaluate(test)).accuracy);
}

/** As many as the quick choice has at most. */
const quickTrials = 6;
