import { OptionError } from '@agop/core';
import { checkCallback, checkGiven, checkSignal } from '@agop/core/options';

/**
 * Checks the options of a `fit`, before any work.
 *
 * @param events names of the callbacks of the algorithm; undefined where it does not tell them
 * @param others names of what else it takes
 * @throws {OptionError} for unknown names, with the nearest one, and for values of another kind
 */
export function checkFitOptions(
  given: object,
  events: readonly string[] | undefined,
  others: readonly string[] = [],
): void {
  const names = ['validation', 'weights', 'signal', ...others, ...(events ?? Object.keys(Object(given)))];
  checkGiven('fit()', given, Object.fromEntries(names.map((name) => [name, true])));
  const option = (name: string): unknown => Reflect.get(given, name);
  for (const name of events ?? []) checkCallback(name, option(name));
  checkValidation(option('validation'));
  checkSignal(option('signal'));
}

/** Options with what they inherit, by `Object.create` for instance, which a copy would be without. */
export function withInherited<T extends object>(options: T): T {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) return options;
  const all = { ...options };
  for (const name in options) {
    if (!Object.hasOwn(Object.prototype, name)) Reflect.set(all, name, Reflect.get(options, name));
  }
  return all;
}

/** Checks the options of loading. @throws {OptionError} for unknown names, with the nearest one */
export function checkLoadOptions(given: object, others: readonly string[] | undefined): void {
  const names = ['backend', 'dtype', ...(others ?? Object.keys(Object(given)))];
  checkGiven('load()', given, Object.fromEntries(names.map((name) => [name, true])));
}

function checkValidation(validation: unknown): void {
  if (validation === undefined || typeof validation === 'number') return;
  if (typeof validation === 'object' && validation !== null && 'x' in validation && 'y' in validation) return;
  throw new OptionError('validation', {
    requirement: 'be a fraction between 0 and 1, or { x, y }',
    received: validation,
  });
}
