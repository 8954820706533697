import { flagsOf, nearestName, type Option } from '@agop/core/options';
import type { Command } from '../command.ts';
import { commands } from '../commands/index.ts';
import type { RawOptions } from '../options.ts';

/** A command line that names a command. */
export interface ParsedCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly options: RawOptions;
}

/** What a command line asks for: work, the program's version, or help with a command or with all of them. */
export type Parsed =
  | ({ readonly kind: 'work' } & ParsedCommand)
  | { readonly kind: 'version' }
  | { readonly kind: 'help'; readonly command: Command | undefined; readonly task?: string | undefined };

/** A command line that cannot be understood. The message is what is said of it. */
export class UsageError extends Error {
  /** @param command that was meant, if that is known */
  constructor(problem: string, command?: string) {
    super(`agop: ${problem} See ${command === undefined ? 'agop --help' : `agop ${command} --help`}.`);
  }
}

/**
 * Understands a command line.
 *
 * @param typed what stands after the program's name
 * @throws {UsageError} for unknown commands or options, missing values, and arguments missing or too many
 */
export function parseArguments(typed: readonly string[]): Parsed {
  const [name, ...tokens] = typed;
  if (name === undefined) return { kind: 'help', command: undefined };
  if (['--version', '-v'].includes(name)) return { kind: 'version' };
  if (['--help', '-h', 'help'].includes(name)) {
    const [about] = tokens;
    return { kind: 'help', command: about === undefined ? undefined : commandOf(about) };
  }
  const command = commandOf(name);
  const { args, options, asksHelp } = readTokens(command, tokens);
  if (asksHelp) return { kind: 'help', command, task: taskOf(options) };
  checkCount(command, args);
  return { kind: 'work', command: name, args, options };
}

/** The last task that was named. */
function taskOf({ task }: RawOptions): string | undefined {
  return typeof task === 'object' ? task.at(-1) : undefined;
}

/** @throws {UsageError} if there is no such command */
function commandOf(name: string): Command {
  const names = commands.map(nameOf);
  const command = commands[names.indexOf(name)];
  if (command !== undefined) return command;
  const ofProgram = ['--help', '--version'];
  const meant = nearestName(name, [...names, ...ofProgram]) ?? nearestName(name.replace(/^-+/, ''), names);
  const problem = name.startsWith('-') ? `Unknown option '${name}'.` : `There is no command '${name}'.`;
  const hint = meant === undefined ? '' : ` Did you mean ${meant}?`;
  throw new UsageError(`${problem}${hint} The commands are ${names.join(', ')}.`);
}

export function nameOf(command: Command): string {
  return command.usage.split(' ')[0] ?? command.usage;
}

function checkCount(command: Command, args: readonly string[]): void {
  const name = nameOf(command);
  const expected = command.usage.split(' ').slice(1);
  const missing = expected.slice(args.length);
  if (missing.length > 0) {
    throw new UsageError(
      `'agop ${command.usage}' needs ${expected.join(' and ')}; ${missing.join(' and ')} is missing.`,
      name,
    );
  }
  const extra = args.slice(expected.length);
  if (extra.length > 0)
    throw new UsageError(`Unused arguments: ${extra.map((arg) => `'${arg}'`).join(', ')}.`, name);
}

interface Tokens {
  readonly args: readonly string[];
  readonly options: RawOptions;
  readonly asksHelp: boolean;
}

function readTokens(command: Command, tokens: readonly string[]): Tokens {
  const flags = flagTable(command);
  const args: string[] = [];
  const options: Record<string, string[] | boolean> = {};
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] as string;
    if (token === '--') {
      args.push(...tokens.slice(i + 1));
      break;
    }
    if (!isFlag(token)) {
      args.push(token);
      continue;
    }
    const [flag = '', ...inline] = token.split('=');
    if (flag === '--help' || flag === '-h') return { args, options, asksHelp: true };
    const [name, option] = flags.get(flag) ?? unknown(command, flag);
    if (option.placeholder === undefined) {
      if (inline.length > 0) throw new UsageError(`${flag} takes no value.`, nameOf(command));
      options[name] = option.default !== true;
      continue;
    }
    const next = inline.length > 0 ? inline.join('=') : tokens[++i];
    if (next === undefined || (inline.length === 0 && isFlag(next))) {
      throw new UsageError(`${flagsOf(name, option)}: the value is missing.`, nameOf(command));
    }
    const before = options[name];
    options[name] = [...(typeof before === 'object' ? before : []), next];
  }
  return { args, options, asksHelp: false };
}

/** A lone dash and negative numbers are values. */
function isFlag(token: string): boolean {
  return /^-[^\d.]/.test(token);
}

function flagTable({ options }: Command): Map<string, readonly [string, Option<unknown>]> {
  return new Map(
    Object.entries(options).flatMap(([name, option]) =>
      flagsOf(name, option)
        .split(/[ ,]+/)
        .filter((part) => part.startsWith('-'))
        .map((flag) => [flag, [name, option]] as const),
    ),
  );
}

/** What other programs call an option of this one. */
const elsewhere: Readonly<Record<string, string>> = {
  '--drop': '--ignore',
  '--exclude': '--ignore',
  '--label': '--target',
  '--out': '--output',
};

function unknown(command: Command, flag: string): never {
  const flags = [...flagTable(command).keys()];
  const other = elsewhere[flag];
  // Dashes, which all have, do not make two names alike.
  const names = flags.flatMap((own) => (own.startsWith('--') ? own.slice(2) : []));
  const nearest = nearestName(flag.replace(/^-+/, ''), names);
  const near = nearest === undefined ? undefined : `--${nearest}`;
  const meant = other !== undefined && flags.includes(other) ? other : near;
  throw new UsageError(
    `Unknown option '${flag}'.${meant === undefined ? '' : ` Did you mean ${meant}?`}`,
    nameOf(command),
  );
}
