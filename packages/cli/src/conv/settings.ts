import {
  type ConvEstimatorOptions,
  convolutionalNngp,
  convolutionalNtk,
  convPresets,
  type DeepOptions,
  type ImageKernel,
  patchKernel,
} from '@agop/conv-rfm';
import { OptionError } from '@agop/core';
import { gaussian, laplace } from '@agop/rfm';
import { dtypeOption } from '../backends/backends.ts';
import type { OptionValues } from '../options.ts';
import { refuseOptions } from '../refuse-options.ts';

/** Published experiments by name. */
export const convTasks = ['star', 'noisy-mnist'] as const;
export type ConvTask = (typeof convTasks)[number];

/** What the options of `agop conv` say of the model, all but its backend. */
export interface ConvSettings {
  readonly task: ConvTask | undefined;
  readonly model: Omit<ConvEstimatorOptions, 'backend'> & { readonly kernel: ImageKernel };
  /** Share of the training images that are held out; undefined for none. */
  readonly validation: number | undefined;
  readonly seeds: readonly number[];
}

/** Kernels of the published experiments. */
const taskKernels = {
  star: { depth: 1, patchSize: 11 },
  'noisy-mnist': { depth: 3, patchSize: 3 },
} as const;

/** @throws {OptionError} for an option that is wrong, by itself or with the others */
export function convSettings(options: OptionValues): ConvSettings {
  const task = options.choice('task', convTasks);
  const preset = task === 'star' ? convPresets.star2023 : task && convPresets.noisyDigits2023;
  const ridges = ridgeOption(options);
  const update = options.choice('update', ['root', 'plain']);
  const iterations = options.whole('iterations', 0);
  const agopImages = options.whole('agopImages', 1);
  const deep = deepOption(options);
  if (iterations === 0 && deep === undefined) {
    refuseOptions(options, ['update', 'agopImages'], '--iterations 0, in which no AGOP is made');
  }
  const gib = options.positive('memory');
  const validation = validationOption(options, task);
  if (validation === undefined && ridges && ridges.length > 1) {
    throw new OptionError(
      'ridge',
      `--ridge is given ${ridges.length} times: choosing among ${ridges.join(', ')} needs validation data. Give one, or a share for --validation.`,
    );
  }
  return {
    task,
    model: {
      ridge: ridges ?? (validation === undefined ? 1e-3 : [1e-5, 1e-3]),
      ...preset,
      ...(ridges && { ridge: ridges }),
      kernel: kernelOption(options, task),
      ...(iterations !== undefined && { iterations }),
      ...(update && { update }),
      ...(agopImages !== undefined && { agopImages }),
      ...(deep && { deep }),
      ...(gib !== undefined && { memoryBudget: gib * 2 ** 30 }),
      ...dtypeOption(options),
    },
    validation,
    seeds: seedOption(options),
  };
}

function kernelOption(options: OptionValues, task: ConvTask | undefined): ImageKernel {
  const name = options.choice('kernel', ['ntk', 'nngp', 'laplace', 'gaussian']) ?? 'ntk';
  const base = task ? taskKernels[task] : { depth: 3, patchSize: 3 };
  const depth = options.whole('depth', 1);
  const bandwidth = options.positive('bandwidth');
  const common = {
    patchSize: options.whole('patchSize', 1) ?? base.patchSize,
    padding: options.choice('padding', ['valid', 'image', 'same']) ?? 'valid',
    pooling: options.choice('pooling', ['none', 'average']) ?? 'none',
  };
  if (name === 'ntk' || name === 'nngp') {
    if (bandwidth !== undefined)
      throw new OptionError('bandwidth', '--bandwidth needs --kernel laplace or gaussian.');
    return (name === 'ntk' ? convolutionalNtk : convolutionalNngp)({ ...common, depth: depth ?? base.depth });
  }
  if (depth !== undefined) throw new OptionError('depth', '--depth needs --kernel ntk or nngp.');
  return patchKernel((name === 'laplace' ? laplace : gaussian)({ bandwidth: bandwidth ?? 1 }), common);
}

function ridgeOption(options: OptionValues): number[] | undefined {
  const texts = options.texts('ridge');
  if (texts.length === 0) return undefined;
  return texts.map((text) => {
    const ridge = text.trim() === '' ? Number.NaN : Number(text);
    if (ridge >= 0 && ridge < Number.POSITIVE_INFINITY) return ridge;
    throw new OptionError('ridge', `--ridge must be a number from 0, but is '${text}'.`);
  });
}

function deepOption(options: OptionValues): DeepOptions | undefined {
  const layers = options.whole('deep', 1);
  const width = options.whole('width', 1);
  const activation = options.choice('activation', ['relu', 'none']);
  if (layers === undefined) {
    if (width !== undefined) throw new OptionError('width', '--width needs --deep.');
    if (activation !== undefined) throw new OptionError('activation', '--activation needs --deep.');
    return undefined;
  }
  return { layers, ...(width !== undefined && { width }), ...(activation && { activation }) };
}

function validationOption(options: OptionValues, task: ConvTask | undefined): number | undefined {
  const text = options.text('validation');
  if (text === undefined) return task ? undefined : 0.2;
  if (text === 'none') return undefined;
  const share = Number(text);
  if (share > 0 && share < 1) return share;
  throw new OptionError(
    'validation',
    `--validation must be a share between 0 and 1, or none, but is '${text}'.`,
  );
}

function seedOption(options: OptionValues): number[] {
  const first = options.whole('seed', 0) ?? 0;
  return Array.from({ length: options.whole('seeds', 1) ?? 1 }, (_, i) => first + i);
}
