import { numberFrom, oneOf, positive, wholeFrom } from './checks.ts';
import { type Always, type Option, type OptionKind, type OptionProperties, option } from './schema.ts';

/** The range of a number; without a bound, there is none on that side. */
export interface NumberRange {
  /** Lower bound, excluded. */
  readonly above?: number;
  /** Lower bound, included. */
  readonly from?: number;
  /** Upper bound, excluded. */
  readonly below?: number;
  /** Upper bound, included. */
  readonly to?: number;
}

type NumberProperties = OptionProperties<number> & NumberRange;

/** A finite number. */
export function number(properties: NumberProperties & Always<number>): Option<number>;
export function number(properties: NumberProperties): Option<number | undefined>;
export function number(properties: NumberProperties): Option<number | undefined> {
  return option(numberKind(inRange(properties), numberRequirement(properties)), properties);
}

/** A whole number in a range. */
export function whole(properties: NumberProperties & { from: number } & Always<number>): Option<number>;
export function whole(properties: NumberProperties & { from: number }): Option<number | undefined>;
export function whole(properties: NumberProperties & { from: number }): Option<number | undefined> {
  const { from, to } = properties;
  const holds = inRange(properties);
  const requirement = wholeFrom(from) + (to === undefined ? '' : ` to ${to}`);
  return option(
    numberKind((value) => Number.isSafeInteger(value) && holds(value), requirement),
    properties,
  );
}

/** A share of a whole: a number above 0 and below 1. */
export function share(properties: OptionProperties<number> & Always<number>): Option<number>;
export function share(properties: OptionProperties<number>): Option<number | undefined>;
export function share(properties: OptionProperties<number>): Option<number | undefined> {
  const kind = numberKind(inRange({ above: 0, below: 1 }), 'be a share between 0 and 1');
  return option({ ...kind, placeholder: 'share' }, properties);
}

/** One of some words. In the description, `{choices}` stands for them. */
export function choice<const T extends string>(
  choices: readonly T[],
  properties: OptionProperties<T> & Always<T>,
): Option<T>;
export function choice<const T extends string>(
  choices: readonly T[],
  properties: OptionProperties<T>,
): Option<T | undefined>;
export function choice<const T extends string>(
  choices: readonly T[],
  properties: OptionProperties<T>,
): Option<T | undefined> {
  const kind: OptionKind<T> = {
    placeholder: 'name',
    requirement: oneOf(choices),
    parse: (text) => text,
    read: (value) => choices.find((one) => one === value),
  };
  const last = choices.at(-1) ?? '';
  const list = choices.length < 2 ? last : `${choices.slice(0, -1).join(', ')} or ${last}`;
  return option(kind, { ...properties, description: properties.description.replace('{choices}', list) });
}

/** Something that is on or off; off where it has no default. */
export function flag(properties: OptionProperties<boolean>): Option<boolean> {
  const kind: OptionKind<boolean> = {
    placeholder: undefined,
    requirement: 'be true or false',
    parse: (text) => text,
    read: (value) => (typeof value === 'boolean' ? value : undefined),
  };
  return option(kind, { ...properties, default: properties.default ?? false });
}

/** Any text: the name of a column, a path. */
export function text(properties: OptionProperties<string> & Always<string>): Option<string>;
export function text(properties: OptionProperties<string>): Option<string | undefined>;
export function text(properties: OptionProperties<string>): Option<string | undefined> {
  const kind: OptionKind<string> = {
    placeholder: 'text',
    requirement: 'be a text',
    parse: (value) => value,
    read: (value) => (typeof value === 'string' ? value : undefined),
  };
  return option(kind, properties);
}

/** Several values of one kind; a single one will do. Without a default, none. */
export function list<T>(
  of: Option<T | undefined>,
  properties: { readonly default?: readonly NonNullable<T>[] } = {},
): Option<readonly NonNullable<T>[]> {
  return {
    ...of,
    isRepeatable: true,
    default: properties.default ?? [],
    read: (value) => {
      const values: readonly unknown[] = Array.isArray(value) ? value : [value];
      const read: NonNullable<T>[] = [];
      for (let at = 0; at < values.length; at++) {
        const one = at in values ? of.read(values[at]) : undefined;
        if (one === undefined || one === null) return undefined;
        read.push(one);
      }
      return read;
    },
  };
}

function numberKind(holds: (value: number) => boolean, requirement: string): OptionKind<number> {
  return {
    placeholder: 'number',
    requirement,
    parse: (value) => (value.trim() === '' || Number.isNaN(Number(value)) ? value : Number(value)),
    read: (value) => (typeof value === 'number' && holds(value) ? value : undefined),
  };
}

function inRange({ above, from, below, to }: NumberRange): (value: number) => boolean {
  return (value) =>
    Number.isFinite(value) &&
    !(above !== undefined && value <= above) &&
    !(from !== undefined && value < from) &&
    !(below !== undefined && value >= below) &&
    !(to !== undefined && value > to);
}

function numberRequirement({ above, from, below, to }: NumberRange): string {
  if (above === 0 && below === undefined && to === undefined) return positive;
  if (from !== undefined && below === undefined && to === undefined) return numberFrom(from);
  const bounds = [
    ...(above === undefined ? [] : [`above ${above}`]),
    ...(from === undefined ? [] : [`at least ${from}`]),
    ...(below === undefined ? [] : [`below ${below}`]),
    ...(to === undefined ? [] : [`at most ${to}`]),
  ];
  return bounds.length === 0 ? 'be a number' : `be ${bounds.join(' and ')}`;
}
