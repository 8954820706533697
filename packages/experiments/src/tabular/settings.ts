import { OptionError, wording } from '@agop/core';
import { choice, flag, list, number, option, type Settings, text, whole } from '@agop/core/options';
import type { Task } from '@agop/data';
import { numberScales } from '@agop/data';
import type { ScoreName } from '@agop/estimators';
import { type Kernel, type Preset, presets } from '@agop/rfm/settings';
import { dtypeOption } from '../float-option.ts';
import { kernelChoices, kernelOf, kernelParameterOptions } from './kernel-options.ts';

const presetNames = ['rfm2022', 'grokking2024', 'xrfm2025'] as const satisfies (keyof typeof presets)[];

/** Kernel and bandwidth that the published program of a preset uses by default. */
const presetKernels = {
  rfm2022: { kernel: 'laplace', bandwidth: 10 },
  grokking2024: { kernel: 'gaussian', bandwidth: 2.5 },
  xrfm2025: { kernel: 'lpq', bandwidth: 10 },
} as const satisfies Record<(typeof presetNames)[number], object>;

const { scale: _, bandwidth: __, ...otherParameters } = kernelParameterOptions;

/** What may choose the iteration, of classes and of numbers. */
const selections = ['accuracy', 'balanced-accuracy', 'brier', 'log-loss', 'mse', 'mae'] as const;

const selectionsOf = {
  classification: {
    ...{ accuracy: 'accuracy', 'balanced-accuracy': 'balancedAccuracy' },
    ...{ brier: 'brier', 'log-loss': 'logLoss', mse: 'mse' },
  },
  regression: { mse: 'mse', mae: 'mae' },
} as const satisfies Record<Task, Partial<Record<(typeof selections)[number], ScoreName>>>;

/** Options of a fit to the rows of a table: of the table, then of the model. */
export const tabularOptions = {
  target: list(
    text({
      short: 't',
      placeholder: 'column',
      description: 'Column to predict; repeatable for regression (required)',
    }),
  ),
  task: choice(['regression', 'classification'], {
    description: '{choices}',
    defaultWords: 'by the target',
  }),
  ignore: list(text({ placeholder: 'column', description: 'Column that is not a feature; repeatable' })),
  categorical: list(
    text({ placeholder: 'column', description: 'Column of numbers that are codes; repeatable' }),
  ),
  spellings: choice(['keep', 'merge'], {
    description:
      'Texts that differ in capital letters or blanks alone: {choices}; merged, they are one category or class',
    defaultWords: 'keep',
  }),
  scale: choice(numberScales, {
    default: 'standard',
    description: 'How numbers are scaled: {choices}; ranks where cells lie far from the others',
  }),
  unknown: choice(['error', 'ignore'], {
    placeholder: 'what',
    default: 'ignore',
    description: '{choices}: new categories at prediction',
    namesInCode: ['unknownCategories'],
  }),
  validation: option<number | string>(
    {
      placeholder: 'part',
      requirement: 'be a share between 0 and 1, a file, or none',
      parse: (typed) => (typed.trim() === '' || Number.isNaN(Number(typed)) ? typed : Number(typed)),
      read: (value) => {
        if (typeof value === 'number') return value >= 0 && value < 1 ? value : undefined;
        return typeof value === 'string' ? value : undefined;
      },
    },
    { default: 0.2, description: 'Share of rows held out, a CSV file, or none' },
  ),
  selection: choice(selections, {
    description: 'What chooses the iteration: {choices}',
    defaultWords: 'accuracy of classes, mse of numbers',
  }),
  maxRows: whole({
    from: 2,
    description: 'Use at most this many rows, drawn at random',
    defaultWords: 'all',
  }),
  preset: choice(presetNames, {
    description: `Settings of a published program: ${presetNames.join(', ')}`,
  }),
  kernel: choice(kernelChoices, {
    description: '{choices}',
    defaultWords: presetKernels.rfm2022.kernel,
  }),
  bandwidth: number({
    above: 0,
    description: 'Bandwidth L of the kernel',
    defaultWords: String(presetKernels.rfm2022.bandwidth),
  }),
  ...otherParameters,
  iterations: whole({
    from: 0,
    description: 'Updates of the metric; 0 is plain kernel regression',
    defaultWords: String(presets.rfm2022.iterations),
  }),
  ridge: number({
    from: 0,
    description: 'Ridge of the regression',
    defaultWords: String(presets.rfm2022.ridge),
  }),
  diagonal: flag({ description: 'Learn one weight per feature instead of a matrix' }),
  seed: whole({ from: 0, default: 0, description: 'Seed of all random choices' }),
  dtype: dtypeOption('by ridge and backend'),
} as const;

/** Settings of a fit to a table: plain JSON. */
export type TabularSettings = Settings<typeof tabularOptions>;

/** @throws {OptionError} for options that do not go together, and for a target that is named twice */
export function checkTabularSettings(settings: TabularSettings): void {
  modelOptions(settings);
  checkTargets(settings.target);
}

/** A score that may choose the iteration of classes. */
export type ClassSelection = (typeof selectionsOf.classification)[keyof typeof selectionsOf.classification];
/** A score that may choose the iteration of numbers. */
export type NumberSelection = (typeof selectionsOf.regression)[keyof typeof selectionsOf.regression];

/**
 * The score that chooses the iteration of classes.
 *
 * @throws {OptionError} for one that classes do not have
 */
export function classSelection({ selection = 'accuracy' }: TabularSettings): ClassSelection {
  if (selection === 'mae') throw wrongSelection(selection, 'classes', selectionsOf.classification);
  return selectionsOf.classification[selection];
}

/**
 * The score that chooses the iteration of numbers.
 *
 * @throws {OptionError} for one that numbers do not have
 */
export function numberSelection({ selection = 'mse' }: TabularSettings): NumberSelection {
  if (selection === 'mse' || selection === 'mae') return selectionsOf.regression[selection];
  throw wrongSelection(selection, 'numbers', selectionsOf.regression);
}

function wrongSelection(value: string, what: string, choices: object): OptionError {
  return new OptionError(
    'selection',
    wording`${{ option: 'selection', value }} does not go with ${what}, which are predicted here. It can be ${Object.keys(choices).join(', ')}.`,
  );
}

/** @throws {OptionError} for a column that is named twice */
export function checkTargets(target: readonly string[]): void {
  const twice = target.find((name, i) => target.indexOf(name) < i);
  if (twice === undefined) return;
  throw new OptionError('target', wording`${{ option: 'target' }} names the column '${twice}' twice.`);
}

/** Choices of kernels that work on transformed features. */
const onTransformed: readonly string[] = ['lpq', 'product', 'sum-power'];

/**
 * The options of the estimator, all but its backend.
 *
 * @throws {OptionError} for options that do not go together
 */
export function modelOptions(settings: TabularSettings): Preset & { readonly kernel: Kernel } {
  const { iterations, ridge, diagonal, seed, dtype } = settings;
  // These kernels work on transformed features, so they need the metric of that program.
  const name = settings.preset ?? (onTransformed.includes(settings.kernel ?? '') ? 'xrfm2025' : 'rfm2022');
  const preset: Preset = presets[name];
  const usual = presetKernels[name];
  const kernel = kernelOf(
    settings.kernel ?? usual.kernel,
    { ...settings, scale: undefined },
    usual.bandwidth,
  );
  if (kernel.geometry !== 'inner' && preset.form !== 'transform') {
    const advice = wording`works on transformed features: use ${{ option: 'preset', value: 'xrfm2025' }}.`;
    throw new OptionError(
      'preset',
      kernel.geometry === 'power' && kernel.name === 'lpq'
        ? wording`The kernel ${kernel.name} with ${{ option: 'norm', value: kernel.p }} ${advice}`
        : wording`The kernel ${kernel.name} ${advice}`,
    );
  }
  return {
    ...preset,
    kernel,
    iterations: iterations ?? preset.iterations,
    ridge: ridge ?? preset.ridge,
    ...(diagonal && { diagonal: true, shift: 0 }),
    seed,
    ...(dtype && { dtype }),
  };
}
