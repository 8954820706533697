import { OptionError } from '@agop/core';
import { resolve } from '@agop/core/options';
import { type GrokkingSettings, grokkingOptions } from '@agop/experiments/options';
import type { OptionValues } from '../options.ts';

/** @throws {OptionError} for an option that is wrong, by itself or with the others */
export function grokSettings(options: OptionValues): GrokkingSettings {
  if (options.text('show') !== undefined && options.text('report') === undefined) {
    throw new OptionError('show', '--show needs --report.');
  }
  const given = Object.entries(grokkingOptions).map(([name, option]) => {
    const values = options.texts(name).map((text) => option.parse(text));
    return [name, option.isRepeatable ? values : values.at(-1)];
  });
  return resolve(grokkingOptions, Object.fromEntries(given));
}
