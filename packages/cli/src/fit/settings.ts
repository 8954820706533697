import { OptionError } from '@agop/core';
import {
  type EstimatorOptions,
  exponentialPower,
  gaussian,
  type Kernel,
  laplace,
  lpq,
  presets,
} from '@agop/rfm';
import { dtypeOption } from '../backends/backends.ts';
import type { OptionValues } from '../options.ts';

const presetNames = ['rfm2022', 'grokking2024', 'xrfm2025'] as const;
type PresetName = (typeof presetNames)[number];
const kernelNames = ['laplace', 'gaussian', 'exponential-power', 'lpq'] as const;

/** Kernel and bandwidth that the published program of a preset uses by default. */
const presetKernels = {
  rfm2022: { kernel: 'laplace', bandwidth: 10 },
  grokking2024: { kernel: 'gaussian', bandwidth: 2.5 },
  xrfm2025: { kernel: 'lpq', bandwidth: 10 },
} as const satisfies Record<PresetName, { kernel: (typeof kernelNames)[number]; bandwidth: number }>;

/** What the options say of the estimator, all but its backend. */
export function estimatorOptions(
  options: OptionValues,
): Omit<EstimatorOptions, 'backend'> & { kernel: Kernel } {
  const asked = options.choice('preset', presetNames);
  // The lpq kernel works on transformed features, so it needs the metric of that program.
  const preset = asked ?? (options.text('kernel') === 'lpq' ? 'xrfm2025' : 'rfm2022');
  const iterations = options.whole('iterations', 0);
  const ridge = options.number('ridge');
  const isDiagonal = options.has('diagonal');
  return {
    ...presets[preset],
    kernel: kernelOption(options, preset),
    ...(iterations !== undefined && { iterations }),
    ...(ridge !== undefined && { ridge }),
    ...(isDiagonal && { diagonal: true, shift: 0 }),
    seed: seedOption(options),
    ...dtypeOption(options),
  };
}

/** What `--seed` says. Default 0. */
export function seedOption(options: OptionValues): number {
  return options.whole('seed', 0) ?? 0;
}

function kernelOption(options: OptionValues, preset: PresetName): Kernel {
  const name = options.choice('kernel', kernelNames) ?? presetKernels[preset].kernel;
  const bandwidth = options.positive('bandwidth') ?? presetKernels[preset].bandwidth;
  const exponent = options.number('exponent');
  const norm = options.number('norm');
  if (norm !== undefined && name !== 'lpq') throw new OptionError('norm', '--norm needs --kernel lpq.');
  if (exponent !== undefined && (name === 'laplace' || name === 'gaussian')) {
    throw new OptionError('exponent', '--exponent needs --kernel exponential-power or lpq.');
  }
  switch (name) {
    case 'laplace':
      return laplace({ bandwidth });
    case 'gaussian':
      return gaussian({ bandwidth });
    case 'exponential-power':
      return exponentialPower({ bandwidth, exponent: exponent ?? 1 });
    case 'lpq':
      return lpq({ bandwidth, p: norm ?? 2, q: exponent ?? 1 });
  }
}
