import { better } from '@agop/estimators';
import type { FiltersRound, FiltersSummary } from '../../src/filters/result.ts';
import { moments } from '../../src/moments.ts';
import { markdownTable } from '../page.ts';
import { type Experiment, published, real } from './runs.ts';

/** Figures of the published notebooks, in percent. */
const notebooks: Readonly<Record<string, readonly number[]>> = {
  star: [77.95, 94.83],
  'noisy-full': [52.03, 54.47, 57.28, 59.38],
};

/** The tables of the page by name. */
export function filtersTables(results: ReadonlyMap<string, FiltersSummary>): Record<string, string> {
  const rowsOf = (
    all: readonly Experiment[],
    row: (experiment: Experiment, result: FiltersSummary) => string[],
  ) =>
    all.flatMap((experiment) => {
      const result = results.get(experiment.name);
      return result ? [row(experiment, result)] : [];
    });
  return {
    published: markdownTable(
      [
        ...[
          'task',
          'images (training / test)',
          'seeds',
          'accuracy per round, %',
          'notebook',
          'mse per round',
        ],
        'seconds per run',
      ],
      rowsOf(published, publishedRow),
      [1, 2, 6],
    ),
    real: markdownTable(
      [
        ...[
          'data',
          'images (training + validation / test)',
          'classes',
          'fixed kernel',
          'ConvRFM',
          'Deep ConvRFM',
        ],
        'seconds per run',
      ],
      rowsOf(real, realRow),
      [1, 2, 3, 4, 5, 6],
    ),
  };
}

function publishedRow({ name, title }: Experiment, result: FiltersSummary): string[] {
  const { trainingImages, testImages, runs, rounds } = result;
  return [
    title,
    `${trainingImages} / ${testImages}`,
    String(runs.length),
    rounds.map((round) => percent(round.accuracy, round.accuracyDeviation)).join(' → '),
    notebooks[name]?.map((value) => value.toFixed(1)).join(' → ') ?? '',
    rounds.map(({ mse }) => mse?.toFixed(3) ?? '').join(' → '),
    perRun(result),
  ];
}

function realRow({ title }: Experiment, result: FiltersSummary): string[] {
  const { trainingImages, validationImages, testImages, classes, runs } = result;
  const column = (choose: (rounds: readonly FiltersRound[]) => FiltersRound | undefined): string => {
    const [mean, deviation] = moments(runs.map(({ rounds }) => choose(rounds)?.accuracy ?? Number.NaN));
    return percent(mean, runs.length > 1 ? deviation : undefined);
  };
  return [
    title,
    `${trainingImages} + ${validationImages} / ${testImages}`,
    String(classes),
    column(([fixed]) => fixed),
    column((rounds) => preferred(rounds.filter(({ layer }) => layer === 0))),
    column((rounds) => preferred(rounds.filter(({ layer }) => layer > 0))),
    perRun(result),
  ];
}

/** The round that validation prefers. */
function preferred(rounds: readonly FiltersRound[]): FiltersRound | undefined {
  return rounds.reduce<FiltersRound | undefined>(
    (best, round) =>
      !best || !round.validation || better(round.validation, best.validation, ['accuracy', 'mse'])
        ? round
        : best,
    undefined,
  );
}

function percent(accuracy: number | null, deviation: number | undefined): string {
  const mean = (100 * (accuracy ?? Number.NaN)).toFixed(1);
  return deviation === undefined ? mean : `${mean} ± ${(100 * deviation).toFixed(1)}`;
}

function perRun({ seconds, runs }: FiltersSummary): string {
  return (seconds / runs.length).toFixed(0);
}
