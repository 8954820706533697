import { OptionError } from '@agop/core';

/** A whole number from 1. @throws {OptionError} */
export function checkWidth(width: number): number {
  if (!Number.isSafeInteger(width) || width < 1) {
    throw new OptionError('width', `width must be a whole number from 1, but is ${width}.`);
  }
  return width;
}

/** A positive finite number. @throws {OptionError} */
export function checkBandwidth(bandwidth: number): number {
  if (!(bandwidth > 0 && bandwidth < Number.POSITIVE_INFINITY)) {
    throw new OptionError('bandwidth', `bandwidth must be a positive number, but is ${bandwidth}.`);
  }
  return bandwidth;
}

/** One of a list of names. @throws {OptionError} */
export function checkName<T extends string>(option: string, value: T, names: readonly T[]): T {
  if (!names.includes(value)) {
    throw new OptionError(option, `${option} must be one of ${names.join(', ')}, but is '${value}'.`);
  }
  return value;
}
