import { OptionError } from '@agop/core';
import type { GrokkingSettings } from '@agop/experiments/grokking';
import { gaussian, type Kernel, laplace, quadratic } from '@agop/rfm';
import { dtypeOption } from '../backends/backends.ts';
import type { OptionValues } from '../options.ts';

const kernelNames = ['gaussian', 'quadratic', 'laplace'] as const;

/** @throws {OptionError} for an option that is wrong, by itself or with the others */
export function grokSettings(options: OptionValues): GrokkingSettings {
  const seed = options.whole('seed', 0) ?? 0;
  const iterations = options.whole('iterations', 1) ?? 30;
  return {
    task: taskOption(options, seed),
    kernel: kernelOption(options),
    iterations,
    ridge: options.number('ridge') ?? 0,
    dtype: dtypeOption(options).dtype ?? 'float64',
    shown: shownOption(options, iterations),
  };
}

function taskOption(options: OptionValues, seed: number): GrokkingSettings['task'] {
  const [first = '+', second, ...more] = options.texts('op');
  if (more.length > 0) {
    throw new OptionError('op', `--op can be given once or twice, but is given ${2 + more.length} times.`);
  }
  const p = options.whole('p', 2);
  const fraction = options.number('fraction');
  return {
    operation: second === undefined ? first : [first, second],
    seed,
    ...(p !== undefined && { p }),
    ...(fraction !== undefined && { fraction }),
  };
}

function kernelOption(options: OptionValues): Kernel {
  const name = options.choice('kernel', kernelNames) ?? 'gaussian';
  const bandwidth = options.positive('bandwidth');
  if (name === 'quadratic') {
    if (bandwidth === undefined) return quadratic();
    throw new OptionError('bandwidth', 'The quadratic kernel has no bandwidth; leave out --bandwidth.');
  }
  return (name === 'laplace' ? laplace : gaussian)({ bandwidth: bandwidth ?? 2.5 });
}

function shownOption(options: OptionValues, iterations: number): readonly number[] | undefined {
  const text = options.text('show');
  if (text === undefined) return undefined;
  if (options.text('report') === undefined) throw new OptionError('show', '--show needs --report.');
  const shown = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (shown.every((i) => Number.isSafeInteger(i) && i >= 0 && i < iterations)) return shown;
  throw new OptionError(
    'show',
    `--show must list iterations from 0 to ${iterations - 1}, divided by commas, but is '${text}'.`,
  );
}
