import { OptionError } from '@agop/core';
import { flagOf, parseSettings, type Schema, type Settings } from '@agop/core/options';

/** Values as they were typed: one list per option; a truth value for a switch. */
export type RawOptions = Readonly<Record<string, readonly string[] | boolean>>;

/** The options of a command line, read by type. Names are those of the long flags, in camel case. */
export class OptionValues {
  readonly #raw: RawOptions;

  constructor(raw: RawOptions) {
    this.#raw = raw;
  }

  /** Whether a switch was given. */
  has(name: string): boolean {
    const value = this.#raw[name];
    return value !== undefined && value !== false;
  }

  /** Whether a switch was turned off (`--no-…`). */
  off(name: string): boolean {
    return this.#raw[name] === false;
  }

  /** All values, in the order given. */
  texts(name: string): readonly string[] {
    const value = this.#raw[name];
    return typeof value === 'object' ? value : [];
  }

  /** The last value given, if any. */
  text(name: string): string | undefined {
    return this.texts(name).at(-1);
  }

  /** @throws {OptionError} if the value is not a number */
  number(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (text.trim() !== '' && Number.isFinite(value)) return value;
    throw new OptionError(name, `${flagOf(name)} must be a number, but is '${text}'.`);
  }

  /** @throws {OptionError} if the value is not a positive number */
  positive(name: string): number | undefined {
    const value = this.number(name);
    if (value === undefined || value > 0) return value;
    throw new OptionError(name, `${flagOf(name)} must be a positive number, but is ${this.text(name)}.`);
  }

  /** @throws {OptionError} if the value is not a whole number from `least` */
  whole(name: string, least: number): number | undefined {
    const value = this.number(name);
    if (value === undefined || (Number.isSafeInteger(value) && value >= least)) return value;
    throw new OptionError(
      name,
      `${flagOf(name)} must be a whole number from ${least}, but is ${this.text(name)}.`,
    );
  }

  /** @throws {OptionError} if the value is not among `choices` */
  choice<T extends string>(name: string, choices: readonly T[]): T | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const found = choices.find((choice) => choice === text);
    if (found !== undefined) return found;
    throw new OptionError(name, `${flagOf(name)} must be one of ${choices.join(', ')}, but is '${text}'.`);
  }
}

/**
 * The settings that a command line means; of an option that is given several times and takes one value, the last one.
 *
 * @throws {OptionError} for a value that an option does not take
 */
export function settingsOf<S extends Schema>(schema: S, raw: RawOptions): Settings<S> {
  const given = Object.entries(schema).map(([name, option]) => {
    const typed = raw[name];
    if (typeof typed !== 'object') return [name, typed];
    const values = typed.map((text) => option.parse(text));
    return [name, option.isRepeatable ? values : values.at(-1)];
  });
  return parseSettings(schema, Object.fromEntries(given));
}

export { flagOf };
