import { AgopError, type OptionNaming, reworded, say } from '@agop/core';
import { flagOf } from '../options.ts';

/** What messages of the packages call something, and what it is called on the command line. */
export type OptionWords = readonly (readonly [inPackages: RegExp, onCommandLine: string])[];

/** Words of the packages that mean the same in every command. */
export const commonWords: OptionWords = [
  [/^(bandwidth|width|depth|iterations|ridge|seed|exponent) (?=must be)/, '--$1 '],
  [/raise `ridge`/g, 'raise --ridge'],
  [/\(option `on`, variable AGOP_BACKEND\)/, '(variable AGOP_BACKEND)'],
  [/\bdtype '(float(?:32|64))'/g, '--dtype $1'],
];

/** Options as they are typed: `--ridge`, `--dtype float32`. */
export const asFlags: OptionNaming = ({ option, value }) =>
  value === undefined ? flagOf(option) : `${flagOf(option)} ${value}`;

/** A message in the words of the command line. */
export function inOptionWords(message: string, words: OptionWords): string {
  return [...words, ...commonWords].reduce((text, [pattern, word]) => text.replace(pattern, word), message);
}

/**
 * Rethrows what work on options ran into, with the options called as they are typed. Use it at the edge of a command:
 * `await work().catch(sayOptions(words))`.
 *
 * @throws always: an error of the same class where it was one of ours, anything else as it is
 */
export function sayOptions(words: OptionWords): (error: unknown) => never {
  return (error) => {
    if (!AgopError.isInstance(error)) throw error;
    const message = inOptionWords(say(error.wording, asFlags), words);
    throw message === error.message ? error : reworded(error, message);
  };
}
