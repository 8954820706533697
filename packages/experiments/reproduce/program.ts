import { parseArgs } from 'node:util';
import { AgopError, say } from '@agop/core';
import { flag, flagNaming, flagOf, parseSettings, type Schema, type Settings } from '@agop/core/options';
import { RunFolder } from '../src/node/run-folder.ts';

/** Who runs a program. */
export interface ProgramContext {
  /** Of the manifest. */
  readonly name: string;
  /** Where the parts of its runs are kept. Default: where programs of the user keep theirs. */
  readonly base?: string;
  /** Told after each part what an interruption leaves, in words. */
  readonly onKept?: (words: string) => void;
}

/** A program that makes a part of a page, with its options. */
export interface Program {
  readonly options: Schema;
  run(args: readonly string[], context: ProgramContext): Promise<void>;
}

const common = {
  again: flag({ description: 'Begin anew, not after the parts that an interrupted run has kept' }),
} as const;

/** Options that change no part: which are made, and whether. */
const passing = ['again', 'draw', 'only', 'seeds'];

/**
 * A program whose options are checked before it runs, and which goes on after the parts that an interrupted
 * run of it has kept.
 */
export function program<S extends Schema>(
  own: S,
  run: (settings: Settings<S & typeof common>, parts: RunFolder) => Promise<void>,
): Program {
  const options = { ...own, ...common };
  return {
    options,
    run: async (args, { name, base, onKept = () => {} }) => {
      const settings = settingsOf<S & typeof common>(options, args);
      const of = Object.entries(settings).filter(([option]) => !passing.includes(option));
      const tell = () =>
        onKept(
          `${countOf(folder)} kept in ${folder.path}: the same command goes on from there, with --again it begins anew.`,
        );
      const folder: RunFolder = new RunFolder(
        { name: `reproduce-${name}`, of: Object.fromEntries(of) },
        {
          ...(base !== undefined && { base }),
          onKept: tell,
          onTrouble: (error) => console.error(`Nothing can be kept in ${folder.path}: ${String(error)}`),
        },
      );
      if ('again' in settings && settings.again === true) await folder.remove();
      if (folder.count > 0) {
        console.log(
          `It goes on: ${countOf(folder)} known from an interrupted run. With --again it begins anew.`,
        );
        tell();
      }
      await run(settings, folder);
      await folder.remove();
    },
  };
}

function countOf({ count }: RunFolder): string {
  return count === 1 ? '1 part is' : `${count} parts are`;
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
