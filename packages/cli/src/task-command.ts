import { OptionError, wording } from '@agop/core';
import { choice, type Schema, type Settings } from '@agop/core/options';
import { backendOptions } from './backends/backends.ts';
import type { Command, CommandLine, CommandRun, Context, TaskHelp } from './command.ts';
import { settingsOf } from './options.ts';
import { jsonOption, reportOption } from './output/output-options.ts';

/** Options of every task. */
const common = { ...backendOptions, report: reportOption, json: jsonOption } as const;

/** A task of a command with several. */
interface Task extends TaskHelp {
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
 * A command with tasks, each with options of its own: `--task` says which. Help tells them task by task, as
 * one name may say something else in another task.
 */
export function taskCommand({ name, description, tasks, examples }: TaskCommand): Command {
  const which = {
    task: choice(Object.keys(tasks), { required: true, description: 'What to measure: {choices}' }),
  };
  const own = Object.values(tasks).map(({ options }) => options);
  return {
    usage: name,
    description,
    options: { ...which, ...Object.assign({}, ...own), ...common },
    tasks,
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
