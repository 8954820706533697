import { OptionError } from '../errors/index.ts';

/**
 * A text.
 *
 * @throws {OptionError} for any other value
 */
export function checkText(option: string, value: string): string {
  if (typeof value === 'string') return value;
  throw new OptionError(option, { requirement: 'be a text', received: value });
}

/**
 * A list without holes, of which each element is as it should be: an array or a typed array. Ends at the
 * first one that is not, however long the list is.
 *
 * @param elements what they are, for messages: `waves`
 * @param holds whether an element is as it should be
 * @throws {OptionError} for any other value
 */
export function checkList<L extends ArrayLike<unknown>>(
  option: string,
  values: L,
  elements: string,
  holds: (element: unknown) => boolean,
): L {
  if (isListOf(values, holds)) return values;
  throw new OptionError(option, { requirement: `be a list of ${elements}`, received: values });
}

/**
 * A list of numbers, which may be any, also NaN.
 *
 * @param length how many there must be; default any number
 * @throws {OptionError} for any other value
 */
export function checkNumbers<L extends ArrayLike<number>>(option: string, values: L, length?: number): L {
  checkList(option, values, 'numbers', (value) => typeof value === 'number');
  if (length === undefined || values.length === length) return values;
  throw new OptionError(option, `${option} must have ${length} numbers, but has ${values.length}.`);
}

/**
 * A list of objects.
 *
 * @param elements what they are, for messages: `waves`
 * @throws {OptionError} for any other value
 */
export function checkObjects<L extends readonly unknown[]>(option: string, values: L, elements: string): L {
  if (!Array.isArray(values)) {
    throw new OptionError(option, { requirement: `be an array of ${elements}`, received: values });
  }
  return checkList(option, values, elements, (value) => typeof value === 'object' && value !== null);
}

/**
 * Whether a value is an array without holes, or a typed array, each of whose elements is as it should be.
 * Ends at the first one that is not, however long it is.
 */
export function isListOf(value: unknown, holds: (element: unknown) => boolean): boolean {
  if (ArrayBuffer.isView(value)) {
    // All elements of a typed array are alike.
    return 'length' in value && (value.length === 0 || holds(Reflect.get(value, 0)));
  }
  if (!Array.isArray(value)) return false;
  for (let at = 0; at < value.length; at++) if (!(at in value && holds(value[at]))) return false;
  return true;
}
