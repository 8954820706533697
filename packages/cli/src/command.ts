import type { OptionValues } from './options.ts';

/** An option as cac takes it. Every option with a value may be asked for by {@link OptionValues}. */
export interface OptionSpec {
  /** For example `--ridge <number>`, `-o, --output <file>`, `--json`. */
  readonly flags: string;
  readonly description: string;
}

/** One command of the program. Its description is cheap to load; what it does is loaded when it runs. */
export interface Command {
  /** Name and arguments, for example `fit <table>`. */
  readonly usage: string;
  readonly description: string;
  readonly options: readonly OptionSpec[];
  /** Whole command lines without the program's name. */
  readonly examples: readonly string[];
  readonly load: () => Promise<CommandRun>;
}

/** Runs a command. It ends by returning, or by an error that tells the user what is wrong. */
export type CommandRun = (request: CommandRequest, context: Context) => Promise<void>;

/** What the user asked for. */
export interface CommandRequest {
  /** Arguments after the command's name. */
  readonly args: readonly string[];
  readonly options: OptionValues;
  /** The whole command line, for reports. */
  readonly commandLine: string;
}

/** What a command may do to the outside. */
export interface Context {
  /** Columns to draw in. */
  readonly columns: number;
  /** Whether standard output takes colour. */
  readonly color: boolean;
  /** Whether someone is watching standard error on a terminal. */
  readonly watched: boolean;
  /** Writes lines to standard output. Nothing with `--json`. */
  print(...lines: string[]): void;
  /** The one object of `--json`, to standard output. Nothing without. */
  json(value: unknown): void;
  /** Writes text to standard output as it is, also with `--json`. */
  write(text: string): void;
  /** Writes a line to standard error. */
  note(line: string): void;
  /** Shows what is being done on standard error, where someone is watching. */
  status(text: string): void;
  /** Shows how far the work is and, if known, how long it will take; a line of standard error where no one is watching. */
  progress(text: string, secondsLeft?: number): void;
  /** Redraws a block of lines below the progress line. Only where someone is watching. */
  live(lines: readonly string[]): void;
  /** Runs work that an interruption must not cut in two. Keep it short. */
  uninterrupted<T>(work: () => Promise<T>): Promise<T>;
  /** Writes a whole file, or leaves what was there. */
  writeFile(path: string, content: string | Uint8Array): Promise<void>;
}
