import { OptionError, wording } from '@agop/core';
import { choice, type Option, type Schema, type Settings } from '@agop/core/options';
import { backendOptions } from './backends/backends.ts';
import type { Command, CommandLine, CommandRun, Context } from './command.ts';
import { settingsOf } from './options.ts';
import { jsonOption, reportOption } from './output/output-options.ts';

/** Options of every task. */
const common = { ...backendOptions, report: reportOption, json: jsonOption } as const;

/** A task of a command with several. */
interface Task {
  readonly description: string;
  /** Its own, without the common ones. */
  readonly options: Schema;
  readonly run: (line: CommandLine, context: Context) => Promise<void>;
}

/** A task whose options are checked before anything else is loaded. */
export function task<S extends Schema>(
  description: string,
  options: S,
  load: () => Promise<CommandRun<Settings<S & typeof common>>>,
): Task {
  const all = { ...options, ...common };
  return {
    description,
    options,
    run: async (line, context) => {
      const settings = settingsOf(all, line.options);
      await (await load())({ ...line, options: settings }, context);
    },
  };
}

/** What a command with tasks says of itself. */
interface TaskCommand extends Pick<Command, 'description' | 'examples'> {
  readonly name: string;
  readonly tasks: Readonly<Record<string, Task>>;
}

/**
 * A command with tasks, each with options of its own: `--task` says which. Options that several tasks have
 * under one name are told with the default of each.
 */
export function taskCommand({ name, description, tasks, examples }: TaskCommand): Command {
  const names = Object.keys(tasks);
  const list = Object.entries(tasks).map(([key, { description: words }]) => `${key} (${words})`);
  const which = {
    task: choice(names, { required: true, description: list.join(', ') }),
  };
  return {
    usage: name,
    description,
    options: { ...which, ...merged(tasks), ...common },
    examples,
    run: async (line, context) => {
      const { task: typed, ...rest } = line.options;
      const chosen = settingsOf(which, typed === undefined ? {} : { task: typed }).task;
      const own = tasks[chosen] as Task;
      for (const option of Object.keys(rest)) {
        if (Object.hasOwn(own.options, option) || Object.hasOwn(common, option)) continue;
        throw new OptionError(
          option,
          wording`${{ option }} does not go with ${{ option: 'task', value: chosen }}.`,
        );
      }
      await own.run({ ...line, options: rest }, context);
    },
  };
}

/** The options of all tasks; each says whose it is, where not all have it. */
function merged(tasks: Readonly<Record<string, Task>>): Schema {
  const all = Object.entries(tasks);
  const names = new Set(all.flatMap(([, { options }]) => Object.keys(options)));
  return Object.fromEntries(
    Array.from(names, (name) => {
      const owners = all.flatMap(([task, { options }]): [string, Option<unknown>][] => {
        const option = options[name];
        return option ? [[task, option]] : [];
      });
      const [, first] = owners[0] as [string, Option<unknown>];
      const descriptions = new Set(owners.map(([, option]) => option.description));
      const whose = owners.length === all.length ? '' : `${owners.map(([task]) => task).join(', ')}: `;
      const defaults = new Map(owners.map(([task, option]) => [task, defaultWords(option)]));
      const isOne = new Set(defaults.values()).size === 1;
      return [
        name,
        {
          ...first,
          description: whose + [...descriptions].join('; '),
          ...(!isOne && {
            default: undefined,
            defaultWords: Array.from(defaults, ([task, words]) => `${words ?? 'none'} (${task})`).join(', '),
          }),
        },
      ];
    }),
  );
}

function defaultWords({ defaultWords: words, default: value }: Option<unknown>): string | undefined {
  return words ?? (value === undefined ? undefined : String(value));
}
