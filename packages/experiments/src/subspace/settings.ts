import { OptionError, wording } from '@agop/core';
import { choice, flag, number, option, type Settings, whole } from '@agop/core/options';
import type { SubspaceOptions } from '@agop/subspace';
import { methods, type SubspaceMethod } from '@agop/subspace/settings';
import { dtypeOption } from '../float-option.ts';
import { checkTargets, tabularOptions } from '../tabular/settings.ts';

const { target, task, ignore, categorical, spellings, unknown, validation, maxRows, seed } = tabularOptions;

const rules = ['auto', 'gap', 'crossValidation', 'permutation'] as const;

/** Words of the program for the rules: flags have no capitals. */
const ruleWords: Readonly<Record<string, (typeof rules)[number]>> = {
  'cross-validation': 'crossValidation',
};

/** Options of a search for the directions that a column of a table depends on. */
export const subspaceOptions = {
  target,
  task,
  method: choice(Object.keys(methods) as SubspaceMethod[], {
    default: 'refinedMave',
    description: '{choices}; the documentation compares them',
  }),
  dimension: option<number | (typeof rules)[number]>(
    {
      placeholder: 'number',
      requirement: 'be a whole number from 1, or auto, gap, cross-validation or permutation',
      parse: (typed) => (/^\d+$/.test(typed.trim()) ? Number(typed) : (ruleWords[typed] ?? typed)),
      read: (value) => {
        if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 1 ? value : undefined;
        return rules.find((rule) => rule === value);
      },
    },
    {
      default: 'auto',
      description: 'Number of directions, or how it is chosen: auto, gap, cross-validation or permutation',
    },
  ),
  maxDimension: whole({ from: 1, default: 6, description: 'Most directions that are tried' }),
  ignore,
  categorical,
  spellings,
  unknown,
  validation,
  maxRows,
  bandwidth: number({
    above: 0,
    default: 1,
    description: 'Factor of all bandwidths of local regressions',
  }),
  slices: whole({ from: 2, default: 10, description: 'Slices of the target for inverse regressions' }),
  centers: whole({
    from: 1,
    default: 2000,
    description: 'Most rows at which local regressions are taken, drawn at random',
  }),
  kernelRidge: number({ from: 0, default: 1e-3, description: 'Ridge of the methods agop and rfm' }),
  standardize: flag({ description: 'Leave features in their units', default: true }),
  seed,
  dtype: dtypeOption('float64, where the backend has it'),
} as const;

/** Settings of a search for directions: plain JSON. */
export type SubspaceSettings = Settings<typeof subspaceOptions>;

/** @throws {OptionError} for options that do not go together */
export function checkSubspaceSettings({ method, task: wanted, target: columns }: SubspaceSettings): void {
  checkTargets(columns);
  if (method !== 'modalOpg') return;
  if (wanted !== 'classification' && columns.length < 2) return;
  throw new OptionError(
    'method',
    wording`${{ option: 'method', value: method }} needs one column of numbers as the target.`,
  );
}

/** The options of the estimator, all but its backend. */
export function estimatorOptions(settings: SubspaceSettings): Omit<SubspaceOptions, 'backend'> {
  const { method, dimension, maxDimension, bandwidth, slices, centers, kernelRidge, standardize } = settings;
  return {
    method,
    dimension,
    maxDimension,
    bandwidth,
    slices,
    centers,
    kernelRidge,
    standardize,
    seed: settings.seed,
    ...(settings.dtype && { dtype: settings.dtype }),
  };
}
