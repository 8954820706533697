import { OptionError, wording } from '@agop/core';
import { list, number, type Settings, whole } from '@agop/core/options';

/** Options of a study of interpolation on the circle. */
export const interpolationOptions = {
  noise: number({
    from: 0,
    default: 0.25,
    description: 'Variance of the noise, for a target of mean square 1',
  }),
  n: list(whole({ from: 4, to: 4096, description: 'Numbers of samples', defaultWords: '16, 64, 256, 1024' })),
  width: list(
    number({ above: 0, description: 'Fixed widths of the kernels', defaultWords: '0.01, 0.03, 0.1' }),
  ),
  repeats: whole({ from: 2, default: 1000, description: 'Simulated fits of each' }),
  seed: whole({ from: 0, default: 0, description: 'Seed of the noise' }),
} as const;

/** Settings of a study: plain JSON. */
export type InterpolationSettings = Settings<typeof interpolationOptions>;

/** Numbers of samples, ascending. */
export function samplesOf({ n }: InterpolationSettings): number[] {
  return n.length === 0 ? [16, 64, 256, 1024] : [...n].sort((a, b) => a - b);
}

/** Fixed widths, ascending. */
export function widthsOf({ width }: InterpolationSettings): number[] {
  return width.length === 0 ? [0.01, 0.03, 0.1] : [...width].sort((a, b) => a - b);
}

/** @throws {OptionError} for a number of samples or a width that is given twice */
export function checkInterpolationSettings(settings: InterpolationSettings): void {
  for (const option of ['n', 'width'] as const) {
    const given = settings[option];
    if (new Set(given).size === given.length) continue;
    throw new OptionError(option, wording`${{ option }} is given the same number twice.`);
  }
}
