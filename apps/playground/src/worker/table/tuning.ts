import { classScore, numericScore } from '@agop/estimators';
import type { TabularData, TabularResult } from '@agop/experiments/tabular';
import { formatNumber } from '@agop/report';
import { TabularClassifier, TabularRegressor, type TrialEvent } from '@agop/tabular';
import type { OpenEngine } from '../open-backend.ts';

/** What a choice of settings has found. Plain data. */
export interface TuningReport {
  /** Score that chose, by its name, and its value on rows that the fits had not seen. */
  readonly metric: string;
  readonly score: number;
  /** The score of the experiment on the held-out rows, which chose nothing here. */
  readonly held: number | undefined;
  readonly seconds: number;
  /** Whether time ended the search. */
  readonly endedEarly: boolean;
  readonly trials: readonly TuningTrial[];
  readonly members: readonly { readonly share: number; readonly settings: string }[];
}

/** One candidate. */
export interface TuningTrial {
  readonly settings: string;
  readonly score: number | undefined;
  readonly rows: number;
  readonly failure: string | undefined;
}

/** A choice of settings, and the model that came of it. */
export interface Tuned {
  readonly model: TabularRegressor | TabularClassifier;
  readonly report: TuningReport;
}

interface TuneOptions {
  readonly seconds: number;
  readonly ignore: readonly string[];
  readonly categorical: readonly string[];
  readonly seed: number;
  readonly signal: AbortSignal | undefined;
  onTrial(event: TrialEvent): void;
}

/** Chooses settings on the training rows of an experiment, and scores what comes of it on the held-out ones. */
export async function tuneTable(
  { backend }: OpenEngine,
  { training, held, preprocessor }: TabularData,
  { summary }: TabularResult,
  { seconds, ignore, categorical, seed, signal, onTrial }: TuneOptions,
): Promise<Tuned> {
  const started = performance.now();
  const roles = { ignore, categorical, signal, onTrial };
  const { metric } = summary.best;
  let model: TabularRegressor | TabularClassifier;
  let value: number | undefined;
  const [target = ''] = preprocessor.targetNames;
  if (preprocessor.task === 'classification') {
    const classifier = new TabularClassifier({ backend, seconds, seed });
    model = await classifier.fit(training, target, roles);
    if (held) {
      const labels = preprocessor.labels(held).map((label) => classifier.classes.indexOf(label));
      const probabilities = await classifier.predictProba(held);
      const known = labels.every((label) => label >= 0);
      if (known && metric !== 'mse' && metric !== 'mae') {
        value = classScore(metric, probabilities, labels, classifier.classes.length);
      }
    }
  } else {
    const regressor = new TabularRegressor({ backend, seconds, seed });
    model = await regressor.fit(training, [...preprocessor.targetNames], roles);
    if (held && (metric === 'mse' || metric === 'mae')) {
      const actual = preprocessor.targets(held);
      value = numericScore(metric, await regressor.predict(held), actual.data, actual.shape[1]);
    }
  }
  const { chosenBy, history, members, endedEarly } = model;
  return {
    model,
    report: {
      metric: chosenBy.metric,
      score: chosenBy.score,
      held: Number.isFinite(value) ? value : undefined,
      seconds: (performance.now() - started) / 1000,
      endedEarly,
      trials: history.map(({ candidate, choice, score, rows, failure }) => ({
        settings: settingsWords(candidate, choice),
        score,
        rows,
        failure,
      })),
      members: members.map(({ share, candidate, choice }) => ({
        share,
        settings: settingsWords(candidate, choice),
      })),
    },
  };
}

/** A candidate for people. */
function settingsWords(
  { kernel, numbers, diagonal, target }: TrialEvent['record']['candidate'],
  choice: TrialEvent['record']['choice'],
): string {
  const parameters = Object.entries(kernel.parameters).map(
    ([name, value]) => `${name} ${typeof value === 'number' ? formatNumber(value, 3) : value}`,
  );
  const scale = numbers === 'standard' ? '' : `, columns by ${numbers}`;
  const form = diagonal ? 'one weight per column' : 'full metric';
  const fitted = choice
    ? `; ${choice.iteration} ${choice.iteration === 1 ? 'update' : 'updates'}, ridge ${formatNumber(choice.ridge, 3)}`
    : '';
  const transform = target === 'none' ? '' : `, target by ${target}`;
  return `${kernel.name}${parameters.length > 0 ? ` (${parameters.join(', ')})` : ''}, ${form}${scale}${transform}${fitted}`;
}
