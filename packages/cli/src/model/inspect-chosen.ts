import { basename } from 'node:path';
import { formatBytes } from '@agop/core';
import type { TablePreprocessor } from '@agop/data';
import type { HostTensor, TaskDescription } from '@agop/estimators';
import {
  candidateWords,
  choiceWords,
  metricShares,
  scoreName,
  scoreText,
  tableChoiceSummary,
  targetCalendars,
  testText,
  treeWords,
  unitOf,
  validationText,
} from '@agop/experiments/table-choice';
import { topImportances } from '@agop/experiments/tabular';
import { formatNumber, formatPercent } from '@agop/report';
import { barTable, terminalStyle } from '@agop/report/terminal';
import { conformalBound } from '@agop/tabular';
import { columnLines, columnsOf } from './columns.ts';
import type { Inspection, ModelFile } from './model-kind.ts';
import type { ChosenModel } from './predict-chosen.ts';

/** Columns whose importances are printed, and trials. */
const [shownImportances, shownTrials] = [15, 12];
/** Probability of the intervals that are shown. */
const shownLevel = 0.9;

/** What a model whose settings were chosen is: what was chosen, by what, its trees and its calibration. */
export async function inspectChosen(
  { path, bytes }: ModelFile,
  model: ChosenModel,
  preprocessors: readonly TablePreprocessor[],
  { task, classes, probability }: TaskDescription & Calibration,
  { summary, conformal }: Saved,
): Promise<Inspection> {
  const [first] = preprocessors as readonly [TablePreprocessor];
  const importances = await metricShares(model);
  const { metric, score } = model.chosenBy;
  const members = model.members.map(({ share, candidate, choice, fitted, preprocessor }) => ({
    share,
    settings: candidateWords(candidate),
    fit: choiceWords(choice),
    candidate,
    choice,
    rows: fitted.rows,
    features: fitted.features,
    leaves: fitted.leaves.length,
    trees: fitted.trees.length,
    tree: treeWords(fitted, preprocessor.featureNames),
  }));
  const history = model.history.map(({ candidate, choice, ...others }) => ({
    ...others,
    settings: candidateWords(candidate),
    ...(choice && { fit: choiceWords(choice) }),
  }));
  const intervals = boundsOf(conformal, first.targetNames, classes !== undefined);
  const [member] = members;
  return {
    json: {
      file: path,
      bytes: bytes.length,
      kind: 'fit',
      task,
      target: first.targetNames,
      ...(classes !== undefined && { classes }),
      rows: member?.rows,
      features: member?.features,
      chosenBy: { metric, score },
      members,
      history,
      ...(probability && { probability }),
      intervals,
      columns: columnsOf(first),
      leftOut: first.leftOut,
      importances,
      ...(summary !== undefined && { summary }),
    },
    lines: ({ color, columns }) => {
      const of = { classes, calendars: targetCalendars(first) };
      const unit = unitOf(of.calendars);
      const style = terminalStyle(color);
      const bars = barTable(
        topImportances(importances, shownImportances).map(({ column, importance }) => ({
          label: column,
          value: importance,
        })),
        { width: Math.min(78, columns - 2), format: formatPercent, style },
      );
      const [largest] = members.toSorted((a, b) => b.share - a.share);
      return [
        style.bold(`${basename(path)}: ${task} of ${first.targetNames.join(', ')}`),
        `${member?.rows} training rows, ${formatBytes(bytes.length)}`,
        `chosen by ${scoreName(metric, of)}: ${scoreText(metric, score)} on rows that the fits had not seen${probability ? ', before probabilities were calibrated' : ''}`,
        ...boardLines(summary, metric),
        ...(classes === undefined ? [] : [`classes: ${classes.join(', ')}`]),
        '',
        style.bold('What is averaged'),
        ...members.map(
          (own) => `  ${formatPercent(own.share)}: ${own.settings}; ${own.fit}${leavesText(own)}`,
        ),
        ...(largest && largest.tree.length > 0
          ? ['', style.bold('How rows are divided'), ...largest.tree.map((line) => `  ${line}`)]
          : []),
        '',
        style.bold('Calibration'),
        ...(probability
          ? [`  probabilities: temperature ${formatNumber(probability.temperature, 3)} on held-out rows`]
          : []),
        ...intervals.map(({ level, target, halfWidth, threshold }) =>
          target === undefined
            ? `  sets of labels for ${formatPercent(level)}: all with a probability from ${formatPercent(threshold ?? 0)}`
            : `  intervals for ${formatPercent(level)}: ${target} ± ${formatNumber(halfWidth ?? Number.NaN)}${unit === undefined ? '' : ` ${unit}`}`,
        ),
        '',
        style.bold(`What was tried (${scoreName(metric, of)} of each, before the best were averaged)`),
        ...historyLines(history, metric),
        '',
        style.bold('Columns it needs'),
        ...columnLines(first),
        '',
        style.bold('Columns (share of the learned metric)'),
        ...bars.map((line) => `  ${line}`),
      ];
    },
  };
}

/** What the fit said of the score that chose, where the file has it: as `fit` prints it. */
function boardLines(summary: unknown, metric: string): string[] {
  const saved = tableChoiceSummary.safeParse(summary);
  if (!saved.success) return [];
  const { testRows, validationRows } = saved.data;
  const row = saved.data.scores.find(({ name }) => name === metric);
  if (!row) return [];
  const name = scoreName(metric, saved.data);
  return [
    ...(row.validation
      ? [`${name} of the model on the ${validationRows} rows that chose: ${validationText(row)}`]
      : []),
    ...(row.test ? [`${name} on ${testRows} rows that chose nothing: ${testText(row)}`] : []),
    ...(row.guess === null ? [] : [`${name} of a guess: ${scoreText(metric, row.guess)}`]),
  ];
}

/** What the file says besides. */
interface Saved {
  /** Of the fit. */
  readonly summary: unknown;
  /** Sorted scores of rows that the fits had not seen: one list for each output, or one for classes. */
  readonly conformal: HostTensor | undefined;
}

/** Half of the width of intervals, by target; or the least probability of a label in a set. */
interface Bound {
  readonly level: number;
  readonly target?: string;
  readonly halfWidth?: number;
  readonly threshold?: number;
}

function boundsOf(scores: HostTensor | undefined, targets: readonly string[], isOfClasses: boolean): Bound[] {
  const [lists = 0, length = 0] = scores?.shape ?? [];
  const values = Array.from(scores?.data ?? []);
  return Array.from({ length: lists }, (_, k) => {
    const bound = conformalBound(values.slice(k * length, (k + 1) * length), shownLevel);
    if (isOfClasses) return { level: shownLevel, threshold: Math.max(0, 1 - bound) };
    return { level: shownLevel, target: targets[k] ?? '', halfWidth: bound };
  });
}

interface Calibration {
  readonly probability?: { readonly temperature: number; readonly floor: number } | undefined;
}

function leavesText({ leaves, trees }: { readonly leaves: number; readonly trees: number }): string {
  if (leaves === 1) return '';
  return `; ${trees === 1 ? 'a tree' : `${trees} trees`} of ${leaves} leaves`;
}

/** Trials of the last round first, the best ones of each. */
function historyLines(
  history: readonly {
    readonly rung: number;
    readonly score: number | undefined;
    readonly settings: string;
  }[],
  metric: string,
): string[] {
  const lines = history
    .toReversed()
    .slice(0, shownTrials)
    .map(({ rung, score, settings }) => {
      const value = score === undefined ? '–' : scoreText(metric, score);
      return `  round ${rung + 1}  ${value.padStart(9)}  ${settings}`;
    });
  const more = history.length - lines.length;
  return more > 0 ? [...lines, `  and ${more} more`] : lines;
}
