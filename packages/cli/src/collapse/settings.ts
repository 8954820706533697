import { OptionError } from '@agop/core';
import { type DeepRFMOptions, type FeatureMap, identityMap, randomCosine, randomRelu } from '@agop/deep-rfm';
import { gaussian, type Kernel, laplace } from '@agop/rfm';
import { dtypeOption } from '../backends/backends.ts';
import type { OptionValues } from '../options.ts';

/** What the options of `agop collapse` say of the network, all but its backend. */
export type CollapseSettings = Omit<DeepRFMOptions, 'backend'> & {
  readonly depth: number;
  readonly kernel: Kernel;
  readonly featureMap: FeatureMap;
  readonly ridge: number;
  readonly iterations: number;
  readonly seed: number;
  readonly labelCoding: 'signed' | 'oneHot';
};

/** @throws {OptionError} for an option that is wrong, by itself or with the others */
export function collapseSettings(options: OptionValues): CollapseSettings {
  const bandwidth = options.positive('bandwidth') ?? 2;
  const kernel = options.choice('kernel', ['laplace', 'gaussian']) ?? 'laplace';
  return {
    depth: options.whole('depth', 1) ?? 10,
    kernel: (kernel === 'laplace' ? laplace : gaussian)({ bandwidth }),
    featureMap: featureMapOption(options),
    ridge: ridgeOption(options),
    iterations: options.whole('iterations', 1) ?? 1,
    seed: options.whole('seed', 0) ?? 0,
    labelCoding: options.choice('coding', ['signed', 'one-hot']) === 'one-hot' ? 'oneHot' : 'signed',
    ...dtypeOption(options),
  };
}

/** How rows are held out where there is no test file. @throws {OptionError} */
export function splitOptions(options: OptionValues): { fraction: number; seed: number } {
  const fraction = options.number('validation') ?? 0.2;
  if (!(fraction > 0 && fraction < 1)) {
    throw new OptionError(
      'validation',
      `--validation must be a share between 0 and 1, but is ${options.text('validation')}.`,
    );
  }
  return { fraction, seed: options.whole('seed', 0) ?? 0 };
}

function ridgeOption(options: OptionValues): number {
  const ridge = options.number('ridge') ?? 0;
  if (ridge >= 0) return ridge;
  throw new OptionError('ridge', `--ridge must be a number from 0, but is ${ridge}.`);
}

function featureMapOption(options: OptionValues): FeatureMap {
  const name = options.choice('map', ['relu', 'cosine', 'identity']) ?? 'relu';
  const width = options.whole('width', 1);
  const spectrum = options.choice('spectrum', ['cauchy', 'gaussian', 'laplace']);
  const bandwidth = options.positive('mapBandwidth');
  if (name !== 'cosine') {
    if (spectrum !== undefined) throw new OptionError('spectrum', '--spectrum needs --map cosine.');
    if (bandwidth !== undefined) throw new OptionError('mapBandwidth', '--map-bandwidth needs --map cosine.');
  }
  const sized = width === undefined ? {} : { width };
  switch (name) {
    case 'relu':
      return randomRelu(sized);
    case 'cosine':
      return randomCosine({
        ...sized,
        spectrum: spectrum ?? 'cauchy',
        bandwidth: bandwidth ?? (options.text('data') === 'mnist' ? 20 : 10),
      });
    case 'identity':
      if (width === undefined) return identityMap();
      throw new OptionError('width', 'The identity map has the width of its input; leave out --width.');
  }
}
