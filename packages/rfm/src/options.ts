import { OptionError } from '@agop/core';

/** A positive finite number. */
export function checkPositive(option: string, value: number): number {
  if (!(value > 0 && value < Number.POSITIVE_INFINITY)) {
    throw new OptionError(option, `${option} must be a positive number, but is ${value}.`);
  }
  return value;
}

/** A finite number from 0. */
export function checkNonNegative(option: string, value: number): number {
  if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) {
    throw new OptionError(option, `${option} must be a number from 0, but is ${value}.`);
  }
  return value;
}

/** A number in (above, atMost]. */
export function checkRange(option: string, value: number, above: number, atMost: number): number {
  if (!(value > above && value <= atMost)) {
    throw new OptionError(option, `${option} must be above ${above} and at most ${atMost}, but is ${value}.`);
  }
  return value;
}

/** A whole number from `least`. */
export function checkWhole(option: string, value: number, least: number): number {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new OptionError(option, `${option} must be a whole number from ${least}, but is ${value}.`);
  }
  return value;
}

/** One of a list of names. */
export function checkChoice<T extends string>(option: string, value: T, choices: readonly T[]): T {
  if (!choices.includes(value)) {
    throw new OptionError(option, `${option} must be one of ${choices.join(', ')}, but is '${value}'.`);
  }
  return value;
}
