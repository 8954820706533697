import { OptionError } from '../errors/index.ts';

/**
 * Any number, also one that is not finite.
 *
 * @throws {OptionError} for any other value
 */
export function checkNumber(option: string, value: number): number {
  return demand(option, value, typeof value === 'number', 'be a number');
}

/**
 * A positive finite number.
 *
 * @throws {OptionError} for any other value
 */
export function checkPositive(option: string, value: number): number {
  return demand(option, value, Number.isFinite(value) && value > 0, positive);
}

/**
 * A finite number from 0.
 *
 * @throws {OptionError} for any other value
 */
export function checkNonNegative(option: string, value: number): number {
  return demand(option, value, Number.isFinite(value) && value >= 0, numberFrom(0));
}

/**
 * A number in (above, atMost].
 *
 * @throws {OptionError} for any other value
 */
export function checkRange(option: string, value: number, above: number, atMost: number): number {
  return demand(
    option,
    value,
    Number.isFinite(value) && value > above && value <= atMost,
    `be above ${above} and at most ${atMost}`,
  );
}

/**
 * A whole number from `least` to `most`.
 *
 * @param most default none
 * @throws {OptionError} for any other value
 */
export function checkWhole(option: string, value: number, least: number, most?: number): number {
  const holds = Number.isSafeInteger(value) && value >= least && value <= (most ?? value);
  return demand(option, value, holds, wholeFrom(least) + (most === undefined ? '' : ` to ${most}`));
}

/** More steps than this no work takes: it would not end. */
export const mostSteps = 1_000_000;

/**
 * A number of steps that work takes one after the other, such as iterations: a whole number from `least` to
 * 1,000,000.
 *
 * @throws {OptionError} for any other value
 */
export function checkSteps(option: string, value: number, least: number): number {
  return checkWhole(option, value, least, mostSteps);
}

/**
 * One of a list of names.
 *
 * @throws {OptionError} for any other value
 */
export function checkChoice<T extends string>(option: string, value: T, choices: readonly T[]): T {
  return choices.includes(value) ? value : demand(option, value, false, oneOf(choices));
}

/**
 * Options that are an object, of any names.
 *
 * @param what whose options they are, for messages: `fit()`
 * @throws {OptionError} for anything else
 */
export function checkObject<O>(what: string, given: O): O {
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return given;
  throw new OptionError('options', `The options of ${what} must be an object, but are ${kindOf(given)}.`);
}

/** What a positive option must do, as the `requirement` of an `OptionProblem`. */
export const positive = 'be a positive number';
/** What an option with a lower bound must do. */
export const numberFrom = (least: number): string => `be a number from ${least}`;
/** What a whole number with a lower bound must do. */
export const wholeFrom = (least: number): string => `be a whole number from ${least}`;
/** What a choice must do. */
export const oneOf = (choices: readonly string[]): string => `be one of ${choices.join(', ')}`;

function demand<T>(option: string, value: T, holds: boolean, requirement: string): T {
  if (!holds) throw new OptionError(option, { requirement, received: value });
  return value;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `of type ${typeof value}`;
}
