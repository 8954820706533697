import { OptionError, type Wording, wording } from '@agop/core';

/**
 * Refuses options that a run would not look at, so that no one believes they did something.
 *
 * @param what they do not go with, e.g. `--task star`
 * @throws {OptionError} for the first of them that was given
 */
export function refuse<S extends object>(
  options: S,
  names: readonly (keyof S & string)[],
  what: Wording,
): void {
  for (const name of names) {
    const value = options[name];
    if (value === undefined || value === false) continue;
    throw new OptionError(name, wording`${{ option: name }} does not go with ${what}.`);
  }
}
