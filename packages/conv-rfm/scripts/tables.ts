import { type Experiment, published, real } from './experiments.ts';

/** A round as `agop conv --json` prints it. */
export interface ResultRound {
  readonly layer: number;
  readonly iteration: number;
  readonly accuracy: number;
  readonly mse: number;
  readonly accuracyDeviation?: number;
  readonly validation?: { readonly accuracy: number; readonly mse: number };
}

/** What the tables use of `agop conv --json`. */
export interface ConvResult {
  readonly trainingImages: number;
  readonly validationImages: number;
  readonly testImages: number;
  readonly classes: number;
  readonly device: string;
  readonly rounds: readonly ResultRound[];
  readonly runs: readonly {
    readonly seed: number;
    readonly rounds: readonly ResultRound[];
    readonly seconds: number;
  }[];
  readonly seconds: number;
}

/** Figures of the published notebooks, in percent. */
const notebooks: Readonly<Record<string, readonly number[]>> = {
  star: [77.95, 94.83],
  'noisy-full': [52.03, 54.47, 57.28, 59.38],
};

/** Replaces what stands between the markers of the page. */
export function fillTables(page: string, results: ReadonlyMap<string, ConvResult>): string {
  return Object.entries({ published: publishedTable(results), real: realTable(results) }).reduce(
    (text, [name, table]) =>
      text.replace(
        new RegExp(`(<!-- table: ${name} -->\n)[\\s\\S]*?(<!-- end -->)`),
        (_, begin: string, end: string) => `${begin}${table}\n${end}`,
      ),
    page,
  );
}

function publishedTable(results: ReadonlyMap<string, ConvResult>): string {
  const rows = published.flatMap((experiment): string[] => {
    const result = results.get(experiment.name);
    if (!result) return [];
    const own = result.rounds.map((round) => percent(round.accuracy, round.accuracyDeviation));
    const theirs = notebooks[experiment.name]?.map((value) => value.toFixed(1)).join(' → ') ?? '';
    return [
      `| ${experiment.title} | ${result.trainingImages} / ${result.testImages} | ${result.runs.length} | ${own.join(' → ')} | ${theirs} | ${errors(result)} | ${perRun(result)} |`,
    ];
  });
  return [
    '| task | images (training / test) | seeds | accuracy per round, % | notebook | mse per round | seconds per run |',
    '|---|--:|--:|---|---|---|--:|',
    ...rows,
  ].join('\n');
}

function realTable(results: ReadonlyMap<string, ConvResult>): string {
  const rows = real.flatMap((experiment): string[] => {
    const result = results.get(experiment.name);
    return result ? [realRow(experiment, result)] : [];
  });
  return [
    '| data | images (training + validation / test) | classes | fixed kernel | ConvRFM | Deep ConvRFM | seconds per run |',
    '|---|--:|--:|--:|--:|--:|--:|',
    ...rows,
  ].join('\n');
}

function realRow({ title }: Experiment, result: ConvResult): string {
  const columns = [fixed, shallow, deep].map((choose) => {
    const accuracies = result.runs.map(({ rounds }) => choose(rounds).accuracy);
    const mean = accuracies.reduce((a, b) => a + b) / accuracies.length;
    const spread = accuracies.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (accuracies.length - 1);
    return percent(mean, accuracies.length > 1 ? Math.sqrt(spread) : undefined);
  });
  const images = `${result.trainingImages} + ${result.validationImages} / ${result.testImages}`;
  return `| ${title} | ${images} | ${result.classes} | ${columns.join(' | ')} | ${perRun(result)} |`;
}

function fixed(rounds: readonly ResultRound[]): ResultRound {
  return rounds[0] as ResultRound;
}

/** The round without feature layers that validation prefers. */
function shallow(rounds: readonly ResultRound[]): ResultRound {
  return preferred(rounds.filter(({ layer }) => layer === 0));
}

/** The round above feature layers that validation prefers. */
function deep(rounds: readonly ResultRound[]): ResultRound {
  return preferred(rounds.filter(({ layer }) => layer > 0));
}

function preferred(rounds: readonly ResultRound[]): ResultRound {
  return rounds.reduce((best, round) => {
    const [a, b] = [round.validation, best.validation];
    if (!a || !b) return round;
    return a.accuracy > b.accuracy || (a.accuracy === b.accuracy && a.mse < b.mse) ? round : best;
  });
}

function percent(accuracy: number, deviation: number | undefined): string {
  const mean = (100 * accuracy).toFixed(1);
  return deviation === undefined ? mean : `${mean} ± ${(100 * deviation).toFixed(1)}`;
}

function errors({ rounds }: ConvResult): string {
  return rounds.map(({ mse }) => mse.toFixed(3)).join(' → ');
}

function perRun({ seconds, runs }: ConvResult): string {
  return (seconds / runs.length).toFixed(0);
}
