import { OptionError, wording } from '@agop/core';
import {
  choice,
  flag,
  nearestName,
  number,
  option,
  type Settings,
  share,
  text,
  whole,
} from '@agop/core/options';
import type { Task } from '@agop/data';
import type { ScoreName } from '@agop/estimators';
import type { Judging, TableModelOptions } from '@agop/tabular';
import { checkTargets, tabularOptions } from '../tabular/settings.ts';

/** Scores as they are typed: `balanced-accuracy`. */
const typed = (name: ScoreName): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
// The lists of @agop/estimators, which each start of the program would load for them: a test compares both.
const numericScores = ['rmse', 'mse', 'mae', 'mape', 'r2'] as const satisfies ScoreName[];
const classScores = [
  'accuracy',
  'balancedAccuracy',
  'auc',
  'logLoss',
  'brier',
  'f1',
] as const satisfies ScoreName[];
/** Scores that each task has. */
export const scoresOf: Readonly<Record<Task, readonly ScoreName[]>> = {
  regression: numericScores,
  classification: classScores,
};
const usualScores = { regression: 'rmse', classification: 'brier' } as const;

const { target, task, ignore, categorical, spellings, unknown, maxRows, seed } = tabularOptions;

/** Seconds in a unit of time. */
const units: Readonly<Record<string, number>> = { '': 1, s: 1, sec: 1, m: 60, min: 60, h: 3600 };

/** Options of a fit that chooses its settings: of the table, then of the choice. */
export const tableChoiceOptions = {
  target,
  task,
  ignore,
  categorical,
  spellings,
  unknown,
  maxRows,
  seed,
  test: option<number | string>(
    {
      placeholder: 'part',
      requirement: 'be a share between 0 and 1, a file, or none',
      parse: (given) => (given.trim() === '' || Number.isNaN(Number(given)) ? given : Number(given)),
      read: (value) => {
        if (typeof value === 'number') return value >= 0 && value < 1 ? value : undefined;
        return typeof value === 'string' ? value : undefined;
      },
    },
    { default: 0.2, description: 'Rows that choose nothing and only test: a share, a CSV file, or none' },
  ),
  metric: text({
    placeholder: 'name',
    description: `What chooses: of numbers ${numericScores.map(typed).join(', ')}; of classes ${classScores.map(typed).join(', ')}`,
    defaultWords: 'rmse; brier of classes',
  }),
  quick: flag({ description: 'Try the six settings of the quick choice, as without --time and --trials' }),
  time: option<number>(
    {
      placeholder: 'time',
      requirement: 'be a time such as 90, 90s, 5min or 1h',
      parse: secondsOf,
      read: (value) => (typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : undefined),
    },
    {
      description: 'Try settings for about so long, the final fit included: 60s, 5min, 1h',
      namesInCode: ['seconds'],
    },
  ),
  trials: whole({ from: 1, description: 'Settings that are tried', defaultWords: 'the quick choice' }),
  space: choice(['default', 'xrfm', 'xrfm-large'], {
    description: 'Where settings beyond the quick choice are drawn from: {choices}',
    defaultWords: 'default',
  }),
  folds: whole({
    from: 2,
    description: 'Judge settings by so many folds of the training rows',
    defaultWords: 'by the number of rows',
    namesInCode: ['judging.folds'],
  }),
  group: text({
    placeholder: 'column',
    description: 'Column whose equal cells stay together, in folds and in the test',
    namesInCode: ['groups'],
  }),
  weights: text({ placeholder: 'column', description: 'Column that says how much each row counts, from 0' }),
  classWeights: choice(['balanced'], {
    description: '{choices}: all classes count alike, however many rows they have',
  }),
  members: whole({
    from: 1,
    description: 'Most fits that are averaged',
    defaultWords: '3, and fewer for many rows',
  }),
  calibration: share({
    description: 'Share of training rows that only widen intervals and label sets, which then hold exactly',
    defaultWords: 'none: the rows that judge',
  }),
  leafRows: whole({
    from: 10,
    description: 'Most rows of a leaf; more rows are divided by a tree',
    defaultWords: 'by the number of rows',
    namesInCode: ['tree.leafRows'],
  }),
  leafMemory: number({
    above: 0,
    placeholder: 'GiB',
    description: 'Most memory that the fit of a leaf may take',
    defaultWords: '2',
    namesInCode: ['tree.leafBytes'],
  }),
} as const;

/** Settings of a fit that chooses the others: plain JSON. */
export type TableChoiceSettings = Settings<typeof tableChoiceOptions>;

/** Texts such as `5min` in seconds; other texts as they are. */
function secondsOf(given: string): number | string {
  const [, amount = '', unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(given) ?? [];
  const seconds = units[unit.toLowerCase()];
  return amount === '' || seconds === undefined ? given : Number(amount) * seconds;
}

/** @throws {OptionError} for options that do not go together, and for a score that there is none of */
export function checkTableChoiceSettings(settings: TableChoiceSettings): void {
  const { metric, quick, time, trials, target: names, group, weights } = settings;
  checkTargets(names);
  if (metric !== undefined) scoreOf(metric, undefined);
  if (quick && (time !== undefined || trials !== undefined)) {
    const other = time === undefined ? 'trials' : 'time';
    throw new OptionError('quick', wording`${{ option: 'quick' }} does not go with ${{ option: other }}.`);
  }
  for (const [name, column] of Object.entries({ group, weights })) {
    if (column === undefined || !names.includes(column)) continue;
    throw new OptionError(
      name,
      wording`${{ option: name, value: column }} is the column that is to be predicted.`,
    );
  }
}

/**
 * The score that chooses.
 *
 * @throws {OptionError} for one that the task does not have, with the nearest name
 */
export function metricOf({ metric }: TableChoiceSettings, what: Task): ScoreName {
  return metric === undefined ? usualScores[what] : scoreOf(metric, what);
}

function scoreOf(given: string, what: Task | undefined): ScoreName {
  const plain = (name: string): string => name.replace(/[-_ ]/g, '').toLowerCase();
  const own = what ? scoresOf[what] : [...numericScores, ...classScores];
  const found = own.find((name) => plain(name) === plain(given));
  if (found) return found;
  const words = { regression: 'numbers', classification: 'classes' } as const;
  const ofOther = [...numericScores, ...classScores].some((name) => plain(name) === plain(given));
  const nearest = nearestName(given, own.map(typed));
  const did = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
  const listed = own.map(typed).join(', ');
  throw new OptionError(
    'metric',
    what && ofOther
      ? wording`${{ option: 'metric', value: given }} is no score of ${words[what]}, which are predicted here.${did} They have ${listed}.`
      : wording`There is no score '${given}'.${did} The scores are ${listed}.`,
  );
}

/** How candidates are judged; undefined: by the number of rows. */
function judgingOf({ folds }: TableChoiceSettings): Judging | undefined {
  return folds === undefined ? undefined : { kind: 'folds', folds };
}

/** The options of the estimator, all but where it computes. */
export function choiceOptions(
  settings: TableChoiceSettings,
  what: Task,
): Omit<TableModelOptions, 'backend' | 'executor'> {
  const { seed: own, trials, time, space, members, calibration, leafRows, leafMemory } = settings;
  const judging = judgingOf(settings);
  const isTree = leafRows !== undefined || leafMemory !== undefined;
  return {
    seed: own,
    metric: metricOf(settings, what),
    ...(trials !== undefined && { trials }),
    ...(time !== undefined && { seconds: time }),
    ...(space !== undefined && { space }),
    ...(members !== undefined && { members }),
    ...(calibration !== undefined && { calibration }),
    ...(judging && { judging }),
    ...(isTree && {
      tree: {
        ...(leafRows !== undefined && { leafRows }),
        ...(leafMemory !== undefined && { leafBytes: Math.round(leafMemory * 2 ** 30) }),
      },
    }),
  };
}
