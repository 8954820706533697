import { OptionError, wording } from '@agop/core';
import { choice, list, number, type Settings, text, whole } from '@agop/core/options';
import { dtypeOption } from '../float-option.ts';

/** Options of a run on modular arithmetic. */
export const grokkingOptions = {
  op: list(
    text({
      description: '+, * or /, sub (or --op=-), or a polynomial such as x^2+y^2; twice for two tasks at once',
      placeholder: 'operation',
      defaultWords: '+',
      namesInCode: ['operation'],
    }),
  ),
  p: whole({
    from: 2,
    default: 61,
    description: 'Modulus; a prime for /, and for the order in which * shows a pattern',
  }),
  fraction: number({ default: 0.5, description: 'Share of the table to train on' }),
  kernel: choice(['gaussian', 'quadratic', 'laplace'], { default: 'gaussian', description: '{choices}' }),
  bandwidth: number({ above: 0, defaultWords: '2.5', description: 'Bandwidth L of gaussian and laplace' }),
  iterations: whole({ from: 0, default: 29, description: 'Metric updates after the first fit' }),
  fits: whole({ from: 1, description: 'Number of fits, one more: what iterations were formerly' }),
  ridge: number({
    default: 0,
    description: 'Ridge of each fit; 0 interpolates the training pairs',
  }),
  seed: whole({ from: 0, default: 0, description: 'Seed of the split into training and test pairs' }),
  show: text({
    placeholder: 'iterations',
    defaultWords: 'around the jump',
    description: 'Metrics in the report, e.g. 0,10,29',
  }),
  dtype: dtypeOption('float64'),
} as const;

/** Settings of a run on modular arithmetic: plain JSON. */
export type GrokkingSettings = Settings<typeof grokkingOptions>;

/** @throws {OptionError} for options that do not go together */
export function checkGrokkingSettings(options: GrokkingSettings): void {
  const { op, kernel, bandwidth } = options;
  if (op.length > 2) {
    throw new OptionError(
      'op',
      wording`${{ option: 'op' }} can be given once or twice, but is given ${op.length} times.`,
    );
  }
  if (kernel === 'quadratic' && bandwidth !== undefined) {
    throw new OptionError(
      'bandwidth',
      wording`The quadratic kernel has no bandwidth; leave out ${{ option: 'bandwidth' }}.`,
    );
  }
  shownIterations(options);
}

/** Metric updates after the first fit. */
export function iterationsOf({ iterations, fits }: Pick<GrokkingSettings, 'iterations' | 'fits'>): number {
  return fits === undefined ? iterations : fits - 1;
}

/**
 * The iterations whose metric is asked for; undefined to choose them by what happened.
 *
 * @throws {OptionError} for what is no list of iterations of the run
 */
export function shownIterations(settings: GrokkingSettings): readonly number[] | undefined {
  const { show } = settings;
  if (show === undefined) return undefined;
  const iterations = iterationsOf(settings);
  const shown = show.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (shown.every((i) => Number.isSafeInteger(i) && i >= 0 && i <= iterations)) return shown;
  throw new OptionError('show', {
    requirement: `list iterations from 0 to ${iterations}, divided by commas`,
    received: show,
  });
}
