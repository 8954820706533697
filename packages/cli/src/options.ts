import { OptionError, wording } from '@agop/core';
import { parseSettings, type Schema, type Settings } from '@agop/core/options';

/**
 * Values as they were typed: one list per option; a truth value for a switch. Names are those of the schema.
 */
export type RawOptions = Readonly<Record<string, readonly string[] | boolean>>;

/**
 * The settings that a command line means.
 *
 * @throws {OptionError} for a value that an option does not take, and one that takes a single value but is
 *   given several
 */
export function settingsOf<S extends Schema>(schema: S, raw: RawOptions): Settings<S> {
  const given = Object.entries(schema).map(([name, option]) => {
    const typed = raw[name];
    if (typeof typed !== 'object') return [name, typed];
    const values = typed.map((text) => option.parse(text));
    if (option.isRepeatable) return [name, values];
    if (values.length > 1) throw givenTwice(name, typed);
    return [name, values[0]];
  });
  return parseSettings(schema, Object.fromEntries(given));
}

function givenTwice(name: string, typed: readonly string[]): OptionError {
  const listed = typed.map((text) => `'${text}'`).join(' and ');
  return new OptionError(
    name,
    wording`${{ option: name, bare: true }} takes one value, but is given ${listed}. Leave out all but one.`,
  );
}
