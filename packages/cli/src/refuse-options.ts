import { OptionError } from '@agop/core';
import { flagOf, type OptionValues } from './options.ts';

/**
 * Refuses options that a command would not look at, so that no one believes they did something.
 *
 * @param names of options, as {@link OptionValues} has them; `no-…` for switches that turn something off
 * @param what they do not go with, e.g. `--task star`
 * @throws {OptionError} for the first of them that was given
 */
export function refuseOptions(options: OptionValues, names: readonly string[], what: string): void {
  for (const name of names) {
    // Switches that turn something off are never absent: they are on unless given.
    const [, positive] = /^no-(.+)$/.exec(name) ?? [];
    if (positive === undefined ? !options.has(name) : !options.off(positive)) continue;
    throw new OptionError(name, `${flagOf(name)} does not go with ${what}.`);
  }
}
