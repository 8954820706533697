import { OptionError, wording } from '../errors/index.ts';
import { checkObject } from './checks.ts';
import { checkList, checkText } from './lists.ts';
import type { Option, Schema, Settings } from './schema.ts';

/** Values for some options of a schema. */
export type Given<S extends Schema> = { readonly [K in keyof S]?: Settings<S>[K] | undefined };

/**
 * Checks options and fills in the defaults, once, at the door: inside, only settings travel.
 *
 * @param note told of old names, with the new one
 * @throws {OptionError} for a value that an option does not take, for one that is required and missing, and
 * for unknown names
 */
export function resolve<S extends Schema>(
  schema: S,
  given: Given<S>,
  note: (text: string) => void = () => {},
): Settings<S> {
  checkSchema(schema);
  const values = currentNames(schema, checkObject('the settings', given), note);
  const entries = Object.entries(schema).map(([name, option]) => [
    name,
    settle(name, option, values.get(name)),
  ]);
  return Object.fromEntries(entries) as Settings<S>;
}

/** @throws {OptionError} for what is no schema */
function checkSchema(schema: unknown): void {
  const options = typeof schema === 'object' && schema !== null ? Object.values(schema) : [undefined];
  if (options.every((option) => Array.isArray(option?.aliases) && typeof option.read === 'function')) return;
  throw new OptionError('schema', { requirement: 'be options by name', received: schema });
}

/** Settings of JSON, which may come from anywhere. @throws {OptionError} as {@link resolve} */
export function parseSettings<S extends Schema>(schema: S, json: unknown): Settings<S> {
  const given = typeof json === 'object' && json !== null && !Array.isArray(json) ? json : {};
  return resolve(schema, given);
}

/** Longer names are like none: comparing two takes the product of their lengths. */
const longestName = 500;

/**
 * The name of a schema that is most like a name, if one is: at most a third of its letters differ.
 *
 * @throws {OptionError} for names that are no texts
 */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  checkText('name', name);
  checkList('names', names, 'texts', (one) => typeof one === 'string');
  const [best] = names
    .filter((one) => Math.max(name.length, one.length) <= longestName)
    .map((one) => ({ one, distance: editDistance(name.toLowerCase(), one.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  return best && best.distance <= Math.max(1, name.length / 3) ? best.one : undefined;
}

function currentNames(schema: Schema, given: object, note: (text: string) => void): Map<string, unknown> {
  const values = new Map<string, unknown>();
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === null) continue;
    if (Object.hasOwn(schema, name)) {
      values.set(name, value);
      continue;
    }
    const [current] = Object.entries(schema).find(([, { aliases }]) => aliases.includes(name)) ?? [];
    if (current === undefined) throw unknownOption(schema, name);
    note(`The option ${name} is now called ${current}.`);
    if (!values.has(current)) values.set(current, value);
  }
  return values;
}

function settle(name: string, option: Option<unknown>, value: unknown): unknown {
  if (value === undefined) {
    if (!option.isRequired) return option.default;
    throw new OptionError(name, { requirement: 'be given' });
  }
  const read = option.read(value);
  if (read !== undefined) return read;
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  const received = option.isRepeatable ? values.find((one) => option.read(one) === undefined) : value;
  throw new OptionError(name, { requirement: option.requirement, received });
}

function unknownOption(schema: Schema, name: string): OptionError {
  const names = Object.keys(schema);
  const meant = nearestName(name, names);
  if (meant === undefined) {
    return new OptionError(name, `There is no option '${name}'. The options are ${names.join(', ')}.`);
  }
  const message = wording`There is no option '${name}'. Did you mean ${{ option: meant, bare: true }}?`;
  return new OptionError(name, message, { option: meant, direction: 'use' });
}

/**
 * Insertions, deletions and substitutions of letters, and exchanges of neighbors (optimal string alignment).
 */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isExchange = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const exchanged = isExchange ? (before[j - 2] as number) + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min(substituted, exchanged, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    [before, row] = [row, next];
  }
  return row[b.length] as number;
}
