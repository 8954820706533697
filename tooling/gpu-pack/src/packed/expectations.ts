import { isDeepStrictEqual } from 'node:util';

/** A check that does not hold. */
export class ExpectationError extends Error {
  override readonly name = 'ExpectationError';
}

/**
 * Those of vitest's matchers that the packed tests use. An unknown one is a TypeError, and so a failed test.
 */
export function expect(actual: unknown, message?: string) {
  const demand = (holds: boolean, what: string): void => {
    if (holds) return;
    const said = message === undefined ? '' : `${message}: `;
    throw new ExpectationError(`${said}${shown(actual)} must ${what}`);
  };
  const number = (): number => (typeof actual === 'number' ? actual : Number.NaN);
  return {
    toBe: (expected: unknown) => demand(Object.is(actual, expected), `be ${shown(expected)}`),
    toEqual: (expected: unknown) => demand(isDeepStrictEqual(actual, expected), `equal ${shown(expected)}`),
    toMatchObject: (expected: object) => demand(matches(actual, expected), `match ${shown(expected)}`),
    toBeDefined: () => demand(actual !== undefined, 'be defined'),
    toBeInstanceOf: (type: new (...args: never[]) => unknown) =>
      demand(actual instanceof type, `be a ${type.name}`),
    toBeGreaterThanOrEqual: (least: number) => demand(number() >= least, `be at least ${least}`),
    toBeGreaterThan: (least: number) => demand(number() > least, `be more than ${least}`),
    toBeLessThan: (limit: number) => demand(number() < limit, `be less than ${limit}`),
  };
}

function matches(actual: unknown, expected: object): boolean {
  if (typeof actual !== 'object' || actual === null) return false;
  const values = new Map(Object.keys(expected).map((key) => [key, Reflect.get(actual, key)]));
  return Object.entries(expected).every(([key, value]) =>
    typeof value === 'object' && value !== null
      ? matches(values.get(key), value)
      : Object.is(values.get(key), value),
  );
}

function shown(value: unknown): string {
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
