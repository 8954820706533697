import { OptionError, wording } from '../errors/index.ts';
import { nearestName } from './resolve.ts';

/**
 * Checks that options are an object, and that it has no other names than the known ones: what is misspelt
 * would otherwise be left out without a word. Options that are undefined are left out.
 *
 * @param what whose options they are, for messages: `fit()`
 * @param names the known names; those whose value is false are old ones, which are not suggested
 * @throws {OptionError} for anything but an object, and for an unknown name, with the nearest one
 */
export function checkGiven(what: string, given: unknown, names: Readonly<Record<string, boolean>>): void {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new OptionError('options', `The options of ${what} must be an object, but are ${kindOf(given)}.`);
  }
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || Object.hasOwn(names, name)) continue;
    const known = Object.keys(names).filter((one) => names[one]);
    const meant = nearestName(name, known);
    if (meant === undefined) {
      const list = known.length === 0 ? 'There are none' : `The options are ${known.join(', ')}`;
      throw new OptionError(name, `${what} has no option '${name}'. ${list}.`);
    }
    throw new OptionError(
      name,
      wording`${what} has no option '${name}'. Did you mean ${{ option: meant, bare: true }}?`,
      { option: meant, direction: 'use' },
    );
  }
}

/** True or false. @throws {OptionError} for any other value */
export function checkFlag(option: string, value: boolean): boolean {
  if (typeof value === 'boolean') return value;
  throw new OptionError(option, { requirement: 'be true or false', received: value });
}

/** A function, where one is given. @throws {OptionError} for any other value */
export function checkCallback<F>(option: string, value: F): F {
  if (value === undefined || typeof value === 'function') return value;
  throw new OptionError(option, { requirement: 'be a function', received: value });
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `of type ${typeof value}`;
}
