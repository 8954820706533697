import { parseArgs } from 'node:util';
import { AgopError, say } from '@agop/core';
import { flagNaming, flagOf, parseSettings, type Schema, type Settings } from '@agop/core/options';

/** A program that makes a part of a page, with its options. */
export interface Program {
  readonly options: Schema;
  run(args: readonly string[]): Promise<void>;
}

/** A program whose options are checked before it runs. */
export function program<S extends Schema>(
  options: S,
  run: (settings: Settings<S>) => Promise<void>,
): Program {
  return { options, run: async (args) => run(settingsOf(options, args)) };
}

/**
 * What a command line says.
 *
 * @throws {OptionError} for a value that an option does not take
 * @throws {TypeError} for an option that there is not
 */
export function settingsOf<S extends Schema>(options: S, args: readonly string[]): Settings<S> {
  const entries = Object.entries(options).map(([name, option]) => ({
    name,
    option,
    flag: flagOf(name).slice(2),
  }));
  const { values } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      entries.map(({ flag, option: { placeholder, isRepeatable } }) => [
        flag,
        { type: placeholder === undefined ? 'boolean' : 'string', multiple: isRepeatable },
      ]),
    ),
  });
  const given = entries.map(({ name, option, flag }) => {
    const typed = values[flag];
    if (typeof typed === 'string') return [name, option.parse(typed)];
    return [name, Array.isArray(typed) ? typed.map((text) => option.parse(String(text))) : typed];
  });
  return parseSettings(options, Object.fromEntries(given));
}

/** An error that tells the user what is wrong, in one line; undefined for one of another kind. */
export function problemOf({ options }: Program, error: unknown): string | undefined {
  if (AgopError.isInstance(error)) return say(error.wording, flagNaming(options));
  const isOfParser =
    error instanceof TypeError && 'code' in error && String(error.code).includes('PARSE_ARGS');
  return isOfParser ? error.message.replaceAll('\n', ' ') : undefined;
}
