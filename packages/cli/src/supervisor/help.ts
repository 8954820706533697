import { createRequire } from 'node:module';
import { describeOption, flagsOf } from '@agop/core/options';
import type { Command } from '../command.ts';
import { commands } from '../commands/index.ts';
import { nameOf } from './arguments.ts';

/** `agop/` and the version. */
export function version(): string {
  const json: unknown = createRequire(import.meta.url)('@agop/cli/package.json');
  return `agop/${typeof json === 'object' && json !== null && 'version' in json ? json.version : ''}`;
}

/** What `--help` prints: of a command, or of the whole program. */
export function helpText(command: Command | undefined): string {
  const sections = command ? commandHelp(command) : programHelp();
  return [version(), ...sections.map(([title, lines]) => [`${title}:`, ...lines].join('\n'))].join('\n\n');
}

type Section = readonly [title: string, lines: readonly string[]];

function commandHelp({ usage, options, examples }: Command): Section[] {
  const flags = Object.entries(options).map(
    ([name, option]) => [flagsOf(name, option), describeOption(option)] as const,
  );
  return [
    ['Usage', [`  $ agop ${usage}`]],
    ['Options', table([...flags, ['-h, --help', 'Display this message']])],
    ['Examples', examples.map((example) => `  $ agop ${example}`)],
  ];
}

function programHelp(): Section[] {
  return [
    ['Usage', ['  $ agop <command> [options]']],
    ['Commands', table(commands.map(({ usage, description }) => [usage, description]))],
    [
      'For more info, run any command with the `--help` flag',
      commands.map((command) => `  $ agop ${nameOf(command)} --help`),
    ],
    [
      'Options',
      table([
        ['-h, --help', 'Display this message'],
        ['-v, --version', 'Display version number'],
      ]),
    ],
  ];
}

/** Two columns; long flags are below each other, whether or not a short one comes before. */
function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([first]) => first.length));
  return rows.map(([first, second]) => `  ${first.padEnd(width)}  ${second}`);
}
