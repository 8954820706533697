import { createRequire } from 'node:module';
import { describeOption, flagsOf, type Schema } from '@agop/core/options';
import type { Command } from '../command.ts';
import { commands } from '../commands/index.ts';
import { nameOf } from './arguments.ts';

/** `agop/` and the version. */
export function version(): string {
  const json: unknown = createRequire(import.meta.url)('@agop/cli/package.json');
  return `agop/${typeof json === 'object' && json !== null && 'version' in json ? json.version : ''}`;
}

/**
 * What `--help` prints: of a command, or of the whole program.
 *
 * @param task of a command with tasks: the one that was named, whose options alone are told
 */
export function helpText(command: Command | undefined, task?: string): string {
  const sections = command ? commandHelp(command, task) : programHelp();
  return [version(), ...sections.map(([title, lines]) => [`${title}:`, ...lines].join('\n'))].join('\n\n');
}

type Section = readonly [title: string, lines: readonly string[]];
type Rows = readonly (readonly [flags: string, words: string])[];

function commandHelp(command: Command, task: string | undefined): Section[] {
  const { usage, examples, tasks = {} } = command;
  const asked = task !== undefined && Object.hasOwn(tasks, task) ? task : undefined;
  const shown = examples.filter((example) => asked === undefined || example.includes(`--task ${asked}`));
  const groups = optionGroups(command).filter(
    (group) => asked === undefined || group.task === undefined || group.task === asked,
  );
  const [first, ...others] = groups.map(({ title, options }): readonly [string, Rows] => [
    title,
    Object.entries(options).map(([name, option]) => [flagsOf(name, option), describeOption(option)]),
  ]);
  const own: Rows = [...(first?.[1] ?? []), ['-h, --help', helpWords(command)]];
  return [
    ['Usage', [`  $ agop ${usage}`]],
    ...(Object.keys(tasks).length > 0 && asked === undefined
      ? [
          [
            'Tasks',
            table(Object.entries(tasks).map(([name, { description }]) => [name, description])),
          ] as const,
        ]
      : []),
    ['Options', table(own)],
    ...others.map(([title, rows]) => [title, table(rows)] as const),
    ['Examples', shown.map((example) => `  $ agop ${example}`)],
  ];
}

function helpWords({ tasks }: Command): string {
  return tasks
    ? 'Display this message; after --task <name>, the options of that task'
    : 'Display this message';
}

/** Options that are told together. */
interface OptionGroup {
  readonly title: string;
  /** The only task that has them. */
  readonly task?: string;
  readonly options: Schema;
}

/** The options of a command: those of all its tasks, then those of each. */
export function optionGroups({ options, tasks = {} }: Command): OptionGroup[] {
  const own = new Set(Object.values(tasks).flatMap((task) => Object.keys(task.options)));
  const common = Object.fromEntries(Object.entries(options).filter(([name]) => !own.has(name)));
  return [
    { title: 'Options', options: common },
    ...Object.entries(tasks).map(([task, group]) => ({
      title: `Options of --task ${task}`,
      task,
      options: group.options,
    })),
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
function table(rows: Rows): string[] {
  const width = Math.max(...rows.map(([first]) => first.length));
  return rows.map(([first, second]) => `  ${first.padEnd(width)}  ${second}`);
}
