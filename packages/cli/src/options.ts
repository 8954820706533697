import { parseSettings, type Schema, type Settings } from '@agop/core/options';

/**
 * Values as they were typed: one list per option; a truth value for a switch. Names are those of the schema.
 */
export type RawOptions = Readonly<Record<string, readonly string[] | boolean>>;

/**
 * The settings that a command line means; of an option that is given several times and takes one value, the
 * last one.
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
