import type { Wording } from '@agop/core';
import type { Schema, Settings } from '@agop/core/options';
import { type RawOptions, settingsOf } from './options.ts';

/** One command of the program. Its description is cheap to load; what it does is loaded when it runs. */
export interface Command {
  /** Name and arguments, for example `fit <table>`. */
  readonly usage: string;
  readonly description: string;
  /** Flags, help, checks and the names in messages come from these. */
  readonly options: Schema;
  /** Of a command with tasks: what each is, and its own options, which are among {@link options}. */
  readonly tasks?: Readonly<Record<string, TaskHelp>>;
  /** Whole command lines without the program's name. */
  readonly examples: readonly string[];
  /** Checks the options, loads what the command does, and does it. */
  readonly run: (line: CommandLine, context: Context) => Promise<void>;
}

/** What help says of a task. */
export interface TaskHelp {
  readonly description: string;
  readonly options: Schema;
}

/** A command line after the command's name, as it was typed. */
export interface CommandLine {
  readonly args: readonly string[];
  readonly options: RawOptions;
  /** The whole of it, for reports. */
  readonly commandLine: string;
}

/** What the user asked for. */
export interface CommandRequest<O> {
  /** Arguments after the command's name. */
  readonly args: readonly string[];
  readonly options: O;
  readonly commandLine: string;
}

/** Runs a command. It ends by returning, or by an error that tells the user what is wrong. */
export type CommandRun<O> = (request: CommandRequest<O>, context: Context) => Promise<void>;

/** What a command is before it is loaded. */
type Declaration<S extends Schema, O> = Omit<Command, 'run' | 'options'> & {
  readonly options: S;
  readonly load: () => Promise<CommandRun<O>>;
};

/** A command whose options are checked before anything else is loaded. */
export function command<S extends Schema>({ load, ...parts }: Declaration<S, Settings<S>>): Command {
  return {
    ...parts,
    run: async (line, context) => {
      const options = settingsOf(parts.options, line.options);
      await (await load())({ ...line, options }, context);
    },
  };
}

/** What a command may do to the outside. */
export interface Context {
  /** Columns to draw in. */
  readonly columns: number;
  /** Whether standard output takes colour. */
  readonly color: boolean;
  /** Whether someone is watching standard error on a terminal. */
  readonly watched: boolean;
  /** A message with the command's flags in place of the names in code. */
  say(words: string | Wording): string;
  /** Writes lines to standard output. Nothing with `--json`. */
  print(...lines: string[]): void;
  /** The one object of `--json`, to standard output. Nothing without. */
  json(value: unknown): void;
  /** Writes text to standard output as it is, also with `--json`. */
  write(text: string): void;
  /** Writes a remark to standard error. */
  note(remark: string | Wording): void;
  /** Shows what is being done on standard error, where someone is watching. */
  status(text: string): void;
  /**
   * Shows how far the work is and, if known, how long it will take; a line of standard error where no one is
   * watching.
   */
  progress(text: string, secondsLeft?: number): void;
  /** Redraws a block of lines below the progress line. Only where someone is watching. */
  live(lines: readonly string[]): void;
  /**
   * Waits for an interruption (Ctrl-C, or a signal to end), which then does not end the program: the command
   * does. A second one does.
   *
   * @param words what is said of it
   */
  interruption(words: string): Promise<void>;
  /** What is said when an interruption ends the program from now on: what is kept, and how to go on. */
  kept(words: string | Wording): void;
  /** Runs work that an interruption must not cut in two. Keep it short. */
  uninterrupted<T>(work: () => Promise<T>): Promise<T>;
  /** Writes a whole file, or leaves what was there. */
  writeFile(path: string, content: string | Uint8Array): Promise<void>;
}
