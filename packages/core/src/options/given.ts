import { OptionError, wording } from '../errors/index.ts';
import { checkObject } from './checks.ts';
import { isListOf } from './lists.ts';
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
  checkObject(what, given);
  for (const [name, value] of Object.entries(Object(given))) {
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

/** What a member of an object is, roughly; with `?` it may be left out. */
export type MemberKind = `${keyof typeof isOfKind}${'' | '?'}`;

const isOfKind = {
  text: (value: unknown) => typeof value === 'string',
  number: (value: unknown) => typeof value === 'number',
  flag: (value: unknown) => typeof value === 'boolean',
  function: (value: unknown) => typeof value === 'function',
  /** An array without holes, or a typed array. */
  list: (value: unknown) => isListOf(value, () => true),
  /** A list of lists. */
  lists: (value: unknown) => isListOf(value, (one) => isListOf(one, () => true)),
  /** An array of objects. */
  objects: (value: unknown) =>
    Array.isArray(value) && isListOf(value, (one) => typeof one === 'object' && one !== null),
  /** A list of numbers. */
  numbers: (value: unknown) => isListOf(value, (one) => typeof one === 'number'),
  /** An array of texts. */
  texts: (value: unknown) => Array.isArray(value) && isListOf(value, (one) => typeof one === 'string'),
  object: (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value),
} as const;

const inWords: Readonly<Record<keyof typeof isOfKind, string>> = {
  text: 'a text',
  number: 'a number',
  flag: 'true or false',
  function: 'a function',
  list: 'a list',
  lists: 'a list of lists',
  objects: 'an array of objects',
  numbers: 'a list of numbers',
  texts: 'a list of texts',
  object: 'an object',
};

/**
 * Checks the names of options, as {@link checkGiven}, and roughly what they are: enough for code that then
 * reads them as their types say.
 *
 * @param what whose options they are, for messages: `barChart()`
 * @throws {OptionError} for anything but an object, unknown names, and members of another kind
 */
export function checkMembers(
  what: string,
  given: unknown,
  kinds: Readonly<Record<string, MemberKind>>,
): void {
  checkGiven(what, given, Object.fromEntries(Object.keys(kinds).map((name) => [name, true])));
  for (const [name, kind] of Object.entries(kinds)) {
    // As the code that follows reads it: also what is inherited.
    const value: unknown = Reflect.get(Object(given), name);
    const [base, optional] = kind.endsWith('?') ? [kind.slice(0, -1), true] : [kind, false];
    if (optional && value === undefined) continue;
    if (isOfKind[base as keyof typeof isOfKind](value)) continue;
    throw new OptionError(name, {
      requirement: `be ${inWords[base as keyof typeof isOfKind]}, in ${what}`,
      received: value,
    });
  }
}

/** True or false. @throws {OptionError} for any other value */
export function checkFlag(option: string, value: boolean): boolean {
  if (typeof value === 'boolean') return value;
  throw new OptionError(option, { requirement: 'be true or false', received: value });
}

/** A signal, where one is given. @throws {OptionError} for any other value */
export function checkSignal(value: unknown): void {
  if (value === undefined) return;
  const isSignal =
    typeof value === 'object' &&
    value !== null &&
    'aborted' in value &&
    'addEventListener' in value &&
    typeof value.addEventListener === 'function';
  if (!isSignal) throw new OptionError('signal', { requirement: 'be an AbortSignal', received: value });
}

/** A function, where one is given. @throws {OptionError} for any other value */
export function checkCallback<F>(option: string, value: F): F {
  if (value === undefined || typeof value === 'function') return value;
  throw new OptionError(option, { requirement: 'be a function', received: value });
}
