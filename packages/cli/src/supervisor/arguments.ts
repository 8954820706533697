import { createRequire } from 'node:module';
import { type CAC, cac } from 'cac';
import type { Command } from '../command.ts';
import { commands } from '../commands/index.ts';
import type { RawOptions } from '../options.ts';

/** A command line that names a command. */
export interface ParsedCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly options: RawOptions;
}

/**
 * Understands a command line.
 *
 * @param typed as `process.argv`
 * @returns undefined where help or the version was asked for, and printed
 * @throws an error of cac for unknown commands or options, missing values, and arguments missing or too many
 */
export function parseArguments(typed: readonly string[]): ParsedCommand | undefined {
  const argv = joinDashValues(typed);
  const cli = cac('agop');
  cli.help(withoutImpliedDefaults).version(version());
  for (const command of commands) declare(cli, command);
  cli.parse([...argv], { run: false });
  if (cli.options['help'] === true || cli.options['version'] === true) return undefined;
  const matched = cli.matchedCommand;
  if (matched === undefined) {
    const [name] = cli.args;
    if (name === undefined) {
      cli.outputHelp();
      return undefined;
    }
    throw new Error(`There is no command '${name}'. The commands are ${commands.map(nameOf).join(', ')}.`);
  }
  matched.action(() => {});
  cli.runMatchedCommand();
  const command = commands.find((one) => nameOf(one) === matched.name);
  const specs = command?.options ?? [];
  const rest = cli.options['--'];
  return {
    command: matched.name,
    args: [...cli.args, ...(Array.isArray(rest) ? rest.map(String) : [])].map(String),
    options: Object.fromEntries(specs.flatMap(({ flags }) => rawValue(flags, argv.slice(2), cli))),
  };
}

export function nameOf(command: Command): string {
  return command.usage.split(' ')[0] ?? command.usage;
}

/** cac calls a switch that turns something off true by default; the first line of a section of help is its title. */
function withoutImpliedDefaults(
  sections: { title?: string; body: string }[],
): { title?: string; body: string }[] {
  return sections.map(({ body, ...section }) => ({
    ...section,
    body: body.replace(/^(\s*--no-.*) \(default: true\)$/gm, '$1').replace(/ +$/gm, ''),
  }));
}

function declare(cli: CAC, command: Command): void {
  const declared = cli.command(command.usage, command.description);
  for (const { flags, description } of command.options) declared.option(flags, description);
  for (const example of command.examples) declared.example(`  $ agop ${example}`);
}

/** cac takes `-` and negative numbers for options: `--op -` and `--seed -1` become `--op=-` and `--seed=-1`. */
function joinDashValues(argv: readonly string[]): string[] {
  const flags = new Set(
    commands.flatMap(({ options }) =>
      options.filter((option) => option.flags.includes('<')).flatMap((option) => flagNames(option.flags)),
    ),
  );
  const joined: string[] = [];
  for (const token of argv) {
    const last = joined.at(-1);
    if (last !== undefined && flags.has(last) && /^-(?:$|[\d.])/.test(token))
      joined.splice(-1, 1, `${last}=${token}`);
    else joined.push(token);
  }
  return joined;
}

function flagNames(flags: string): string[] {
  return [...flags.matchAll(/--?[a-z][a-z-]*/g)].map(([flag]) => flag);
}

/** cac turns values that look like numbers into numbers; names of columns and files must stay as they were typed. */
function rawValue(flags: string, argv: readonly string[], cli: CAC): [string, readonly string[] | boolean][] {
  const names = flagNames(flags);
  const long = names.at(-1) ?? '';
  const key = long.replace(/^--(no-)?/, '').replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const parsed: unknown = cli.options[key];
  if (!flags.includes('<')) return parsed === undefined ? [] : [[key, parsed === false ? false : []]];
  const values: string[] = [];
  const end = argv.indexOf('--');
  const searched = end < 0 ? argv : argv.slice(0, end);
  for (const [i, token] of searched.entries()) {
    const name = names.find((one) => token === one || token.startsWith(`${one}=`));
    if (name === undefined) continue;
    values.push(token === name ? (searched[i + 1] ?? '') : token.slice(name.length + 1));
  }
  return values.length === 0 ? [] : [[key, values]];
}

function version(): string {
  const json: unknown = createRequire(import.meta.url)('@agop/cli/package.json');
  return typeof json === 'object' && json !== null && 'version' in json ? String(json.version) : '';
}
