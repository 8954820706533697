import { type Backend, OptionError } from '@agop/core';
import {
  checkGiven,
  checkNumbers,
  checkObjects,
  checkPositive,
  checkRange,
  checkSteps,
  checkWhole,
} from '@agop/core/options';
import type { Score } from '@agop/estimators';
import type { TabularExecutor } from '../jobs/tabular-job.ts';
import { type TreeOptions, treeSettings } from '../tree/settings.ts';
import { type Candidate, checkCandidate } from '../tuner/candidate.ts';
import type { Judging } from '../tuner/division.ts';
import { type SearchSpace, type SpaceName, spaces } from '../tuner/space.ts';

/** Options of {@link TabularRegressor} and {@link TabularClassifier}. */
export interface TableModelOptions {
  /** Where to compute. */
  readonly backend: Backend;
  /** Seed of all random choices. Default 0. */
  readonly seed?: number;
  /**
   * What settings are chosen by: the name of a score, or one of one's own. Default `rmse`, or `brier` for
   * classes.
   */
  readonly metric?: Score;
  /**
   * Candidates that are tried, from 1: those of the quick choice, then such as are drawn from `space`.
   * Default the quick choice alone, or as many as `seconds` allow.
   */
  readonly trials?: number;
  /**
   * Seconds that the choice of settings and the final fit may take together, about: the first candidate is
   * judged, and something is fitted, in any case; where time is short, with fewer members or smaller leaves.
   * Default no limit.
   */
  readonly seconds?: number;
  /**
   * Bytes that fits may take together on their backends, from 1 MiB: candidates are judged on fewer rows,
   * those that would take more are left out and say so in `history`, and leaves have fewer rows. Each worker
   * of the executor has its share. What the table takes is not in it. Default no limit but the backend's.
   */
  readonly memory?: number;
  /** Where further candidates come from: a name, or dimensions of one's own. Default 'default'. */
  readonly space?: SpaceName | SearchSpace;
  /** Candidates that are tried first. Default the quick choice; none where `space` is one of xRFM's. */
  readonly first?: readonly Candidate[];
  /**
   * How candidates are judged. Default folds for up to 2,000 rows, and a held-out part of at most 1,500 rows
   * for more.
   */
  readonly judging?: Judging;
  /** Most fits in the average that predicts, from 1. Default 3, and 2 for more than 5,000 rows. */
  readonly members?: number;
  /**
   * Fraction of the rows that neither choose nor fit anything, but only say how wide intervals and how large
   * label sets must be: their coverage then holds exactly. Default none: the rows that judged the choice say
   * it, which costs no rows and is nearly as good.
   */
  readonly calibration?: number;
  /** How tables of many rows become leaves. */
  readonly tree?: TreeOptions;
  /**
   * Where candidates are judged and leaves are fitted: `tabularWorkers` of `@agop/tabular/node`, a pool
   * (`tabularOnPool`), or any other place that takes jobs. Scores of one's own are no plain data: then
   * candidates are judged on the backend. Default one after the other on the backend.
   */
  readonly executor?: TabularExecutor | undefined;
  /**
   * How many candidates are judged at a time, from 1; the result does not depend on it. Default as many as
   * the executor takes.
   */
  readonly parallel?: number;
}

/** {@link TableModelOptions} with the defaults filled in. */
export interface TableModelSettings {
  readonly backend: Backend;
  readonly seed: number;
  readonly metric: Score;
  readonly seconds: number | undefined;
  /** Bytes of each job. */
  readonly memory: number | undefined;
  /** The candidates that are tried first; undefined: those that suit the table. */
  readonly first: readonly Candidate[] | undefined;
  readonly space: SearchSpace;
  /** How many candidates are tried; undefined: those that are tried first. */
  readonly trials: number | undefined;
  readonly judging: Judging | undefined;
  readonly members: number | undefined;
  readonly calibration: number | undefined;
  readonly tree: TreeOptions | undefined;
  readonly executor: TabularExecutor | undefined;
  readonly parallel: number;
}

const names: Readonly<Record<keyof TableModelOptions, boolean>> = {
  backend: true,
  seed: true,
  metric: true,
  trials: true,
  seconds: true,
  memory: true,
  space: true,
  first: true,
  judging: true,
  members: true,
  calibration: true,
  tree: true,
  executor: true,
  parallel: true,
};

/**
 * Checks the options and fills in the defaults.
 *
 * @param metrics names of the scores that the task has, the default first
 * @throws {OptionError} for unknown names and values out of range
 */
export function tableModelSettings(
  what: string,
  options: TableModelOptions,
  metrics: readonly string[],
): TableModelSettings {
  checkGiven(what, options, names);
  const { backend, tree, executor } = options;
  const seed = checkWhole('seed', options.seed ?? 0, 0);
  const trials = options.trials === undefined ? undefined : checkSteps('trials', options.trials, 1);
  const seconds = options.seconds === undefined ? undefined : checkPositive('seconds', options.seconds);
  const memory = options.memory === undefined ? undefined : checkWhole('memory', options.memory, 2 ** 20);
  const space = readSpace(options.space ?? 'default');
  const isOfXrfm = options.space === 'xrfm' || options.space === 'xrfm-large';
  const isOpen = trials === undefined && seconds !== undefined;
  return {
    backend,
    seed,
    metric: checkMetric(options.metric ?? (metrics[0] as Score), metrics),
    seconds,
    memory: memory && memory / (executor?.size ?? 1),
    first: checkFirst(options.first) ?? (isOfXrfm ? [] : undefined),
    space,
    trials: trials ?? (isOpen ? Number.POSITIVE_INFINITY : isOfXrfm ? 20 : undefined),
    judging: checkJudging(options.judging),
    members: options.members === undefined ? undefined : checkWhole('members', options.members, 1),
    calibration:
      options.calibration === undefined ? undefined : checkShare('calibration', options.calibration),
    tree: checkTree(tree),
    executor,
    parallel: checkWhole('parallel', options.parallel ?? executor?.size ?? 1, 1, 2 ** 16),
  };
}

function checkTree(tree: TreeOptions | undefined): TreeOptions | undefined {
  if (tree !== undefined) treeSettings(tree);
  return tree;
}

function checkFirst(first: readonly Candidate[] | undefined): readonly Candidate[] | undefined {
  return first && checkObjects('first', first, 'candidates').map(checkCandidate);
}

function readSpace(space: SpaceName | SearchSpace): SearchSpace {
  if (typeof space !== 'string') return space;
  const found: SearchSpace | undefined = spaces[space];
  if (found) return found;
  const requirement = `be one of ${Object.keys(spaces).join(', ')}, or dimensions of your own`;
  throw new OptionError('space', { requirement, received: space });
}

function checkMetric(metric: Score, metrics: readonly string[]): Score {
  const given: unknown = metric;
  if (typeof given === 'string' ? metrics.includes(given) : isOwnScore(given)) return metric;
  const requirement = `be one of ${metrics.join(', ')}, or { name, better, of }`;
  throw new OptionError('metric', { requirement, received: given });
}

function isOwnScore(score: unknown): boolean {
  return (
    typeof score === 'object' &&
    score !== null &&
    'name' in score &&
    'better' in score &&
    (score.better === 'higher' || score.better === 'lower') &&
    'of' in score &&
    typeof score.of === 'function'
  );
}

function checkJudging(judging: Judging | undefined): Judging | undefined {
  if (judging === undefined) return undefined;
  const kind: unknown = judging?.kind;
  if (kind === 'split' && 'fraction' in judging) checkShare('judging.fraction', judging.fraction);
  else if (kind === 'folds' && 'folds' in judging) checkWhole('judging.folds', judging.folds, 2);
  else if (
    kind !== 'leave-one-out' &&
    !(kind === 'rows' && 'held' in judging && checkNumbers('judging.held', judging.held).length > 0)
  ) {
    throw new OptionError('judging', {
      requirement:
        "be { kind: 'split', fraction }, { kind: 'folds', folds }, { kind: 'rows', held } or { kind: 'leave-one-out' }",
      received: judging,
    });
  }
  return judging;
}

function checkShare(option: string, value: number): number {
  if (value === 1) throw new OptionError(option, { requirement: 'be below 1', received: value });
  return checkRange(option, value, 0, 1);
}
