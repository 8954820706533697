import { type Backend, OptionError } from '@agop/core';
import {
  checkChoice,
  checkFlag,
  checkGiven,
  checkNonNegative,
  checkPositive,
  checkRange,
  checkSteps,
  checkWhole,
} from '@agop/core/options';
import type { ScoreName, TrainerSettings } from '@agop/estimators';
import { kernelFromDescription, resolveMetricUpdate } from '@agop/rfm';
import type { LeafExecutor } from '../leaf/fit-leaf.ts';
import type { LeafSettings } from '../leaf/settings.ts';
import { type TreeOptions, type TreeSettings, treeSettings } from '../tree/settings.ts';

/**
 * All that a model of a table is fitted with, defaults filled in. Plain data but for `backend` and
 * `executor`, so that it can be saved, compared, and sent to a worker.
 */
export interface TabularSettings extends TrainerSettings, LeafSettings {
  readonly backend: Backend;
  readonly seed: number;
  /** How the rows become leaves, and how leaves answer together. */
  readonly tree: TreeSettings;
  /** Where leaves are fitted; undefined: one after the other on `backend`. */
  readonly executor: LeafExecutor | undefined;
}

/** {@link TabularSettings} as they are given: what is left out has a default. */
export interface TabularOptions extends Partial<Omit<LeafSettings, 'ridge'>> {
  /** Where to compute. */
  readonly backend: Backend;
  /** Seed of all random choices. Default 0. */
  readonly seed?: number;
  /** λ from 0, or one for each level of the tree. Default 1e-3. */
  readonly ridge?: number | readonly number[];
  readonly tree?: TreeOptions;
  readonly executor?: LeafExecutor | undefined;
}

const names: Readonly<Record<keyof TabularSettings, boolean>> = {
  backend: true,
  seed: true,
  tree: true,
  executor: true,
  kernel: true,
  bandwidthMode: true,
  diagonal: true,
  iterations: true,
  ridge: true,
  learningRidges: true,
  solver: true,
  earlyStopping: true,
  selection: true,
  agopSamples: true,
  centering: true,
  normalization: true,
  power: true,
  shift: true,
  form: true,
  codes: true,
  blocks: true,
  dtype: true,
};

/**
 * Checks the options and fills in the defaults: xRFM's of a leaf, which are `presets.xrfm2025`, with its `l2`
 * kernel of bandwidth 10.
 *
 * @param selection the score that chooses where none is given
 * @throws {OptionError} for unknown names and values out of range
 * @throws {FormatError} for a kernel that is not among those of `@agop/rfm`
 */
export function tabularSettings(options: TabularOptions, selection: ScoreName = 'mse'): TabularSettings {
  checkGiven('TabularOptions', options, names);
  const { backend, executor } = options;
  const kernel = options.kernel ?? { name: 'laplace', parameters: { bandwidth: 10 } };
  kernelFromDescription(kernel);
  const form = checkChoice('form', options.form ?? 'transform', ['mahalanobis', 'transform']);
  const diagonal = checkFlag('diagonal', options.diagonal ?? false);
  return {
    backend,
    executor,
    seed: checkWhole('seed', options.seed ?? 0, 0),
    tree: treeSettings(options.tree ?? {}),
    kernel,
    bandwidthMode: checkChoice('bandwidthMode', options.bandwidthMode ?? 'constant', [
      'constant',
      'adaptive',
    ]),
    diagonal,
    iterations: checkSteps('iterations', options.iterations ?? 5, 0),
    ridge: checkRidges(options.ridge ?? 1e-3),
    learningRidges: (options.learningRidges ?? []).map((value) => checkNonNegative('learningRidges', value)),
    solver: checkChoice('solver', options.solver ?? 'ridge', ['ridge', 'logistic']),
    earlyStopping:
      options.earlyStopping === undefined
        ? undefined
        : checkRange('earlyStopping', options.earlyStopping, 1, Number.MAX_VALUE),
    selection: options.selection ?? selection,
    agopSamples: checkWhole('agopSamples', options.agopSamples ?? 20_000, 1),
    centering: checkChoice('centering', options.centering ?? 'none', ['none', 'output', 'pooled']),
    normalization: checkChoice('normalization', options.normalization ?? 'max', ['max', 'frobenius', 'none']),
    power: checkPositive('power', options.power ?? 0.5),
    shift: checkNonNegative('shift', options.shift ?? (diagonal ? 0 : 1e-8)),
    form,
    blocks: resolveMetricUpdate({ blocks: options.blocks ?? [] }).blocks,
    codes: checkCodes(options.codes ?? []),
    dtype: options.dtype,
  };
}

function checkCodes(codes: readonly number[]): readonly number[] {
  const isList = Array.isArray(codes) && codes.every((column) => Number.isSafeInteger(column) && column >= 0);
  if (isList && new Set(codes).size === codes.length) return [...codes].sort((a, b) => a - b);
  throw new OptionError('codes', { requirement: 'be a list of columns, each once', received: codes });
}

function checkRidges(ridge: number | readonly number[]): readonly number[] {
  const ridges = typeof ridge === 'number' ? [ridge] : ridge;
  if (!Array.isArray(ridges) || ridges.length === 0) {
    throw new OptionError('ridge', {
      requirement: 'be a number from 0, or one for each level',
      received: ridge,
    });
  }
  return ridges.map((value: number) => checkNonNegative('ridge', value));
}
