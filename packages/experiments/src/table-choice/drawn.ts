import type { Label, Table } from '@agop/data';
import { type Calendar, targetCalendars } from '../tabular/notation.ts';
import { calibrationCurve, residualsOf, thresholdCurves } from './curves.ts';
import { dependences } from './dependence.ts';
import { classQualities, confusionOf, type Judged, rowsOf } from './evaluation.ts';
import { outputsOf } from './judged-rows.ts';
import { metricMatrix } from './metric-matrix.ts';
import { isClassifier, type TableModel } from './model.ts';
import type { Drawn, Evaluation } from './result.ts';
import { treeWords } from './tree-words.ts';

/** Columns whose partial dependence is drawn. */
const dependenceColumns = 6;
/** Probability of the intervals and label sets that are checked. */
const level = 0.9;

/** What a report of a model draws. */
export async function drawnOf(
  model: TableModel,
  { training, test }: { readonly training: Table; readonly test: Table | undefined },
  parts: {
    /** Rows with their predictions: those of the test, or others that the fits had not seen. */
    readonly judged: Judged | undefined;
    readonly isTest: boolean;
    /** Columns, the most important first. */
    readonly columns: readonly string[];
    /** What a guess says: the means of training rows, or the shares of their classes. */
    readonly prior: readonly number[];
    /** Rows of the test that lie outside of what the model was fitted on. */
    readonly outside: number;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<Drawn> {
  const { judged, isTest, columns, prior, outside, signal } = parts;
  // Far from all training rows predictions are all alike.
  const mostOutside = test !== undefined && outside > test.rows / 2;
  const [first] = model.members.toSorted((a, b) => b.share - a.share);
  const outputs = isClassifier(model) ? model.classes.map(String) : model.targets;
  const coverage = judged && isTest && test ? await coverageOf(model, judged, test) : undefined;
  const labels = isClassifier(model) ? model.classes : [];
  return {
    evaluation: judged
      ? {
          ...evaluationOf(judged, {
            isTest,
            labels,
            targets: model.targets,
            calendars: first ? targetCalendars(first.preprocessor) : [],
          }),
          ...(coverage && { coverage }),
        }
      : null,
    metric: first ? await metricMatrix(first) : null,
    dependence: first
      ? await dependences(mostOutside ? training : (test ?? training), columns.slice(0, dependenceColumns), {
          preprocessor: first.preprocessor,
          outputs,
          shares: isClassifier(model) ? prior : undefined,
          predict: (table) => outputsOf(model, table),
          signal,
        })
      : [],
    ...(mostOutside && {
      dependenceRows: `The rows are training rows, as ${outside} of ${test?.rows} test rows lie outside of what the model was fitted on, where its curves say nothing.`,
    }),
    tree: first ? treeWords(first.fitted, first.preprocessor.featureNames) : [],
  };
}

/**
 * How predictions of rows compare with their truth.
 *
 * @param isTest whether the rows only test
 * @param seen whether the model was fitted on them, where it is a saved one
 */
export function evaluationOf(
  judged: Judged,
  {
    isTest,
    seen,
    labels,
    targets,
    calendars,
  }: {
    readonly isTest: boolean;
    readonly seen?: Evaluation['seen'];
    readonly labels: readonly Label[];
    readonly targets: readonly string[];
    /** How the targets are written. */
    readonly calendars: readonly (Calendar | null)[];
  },
): Evaluation {
  const whole = { isTest, ...(seen && { seen }), rows: rowsOf(judged) };
  if (judged.task === 'regression') return { ...whole, residuals: residualsOf(judged, targets, calendars) };
  const confusion = confusionOf(judged);
  const calibration = calibrationCurve(judged, labels);
  return {
    ...whole,
    confusion,
    classes: classQualities(confusion, labels),
    curves: thresholdCurves(judged, labels),
    ...(calibration ? { calibration } : { tooFewToCalibrate: true }),
  };
}

/** How many of the intervals, or label sets, hold the truth, and how large they are on average. */
export async function coverageOf(
  model: TableModel,
  { actual }: Judged,
  test: Table,
): Promise<Evaluation['coverage']> {
  if (isClassifier(model)) {
    const sets = await model.predictSets(test, level);
    const { classes } = model;
    const hits = sets.filter((set, row) => set.includes(classes[actual[row] as number] ?? '')).length;
    const size = sets.reduce((sum, set) => sum + set.length, 0) / sets.length;
    return { level, share: hits / sets.length, size };
  }
  const { lower, upper } = await model.predictIntervals(test, level);
  let [hits, size] = [0, 0];
  for (const [at, low] of lower.entries()) {
    const [high, value] = [upper[at] as number, actual[at] as number];
    if (low <= value && value <= high) hits += 1;
    size += (high - low) / lower.length;
  }
  return Number.isFinite(size) ? { level, share: hits / lower.length, size } : undefined;
}
