import { freemem } from 'node:os';
import type { RunContext } from '@agop/experiments';
import { htmlPage, type PageOptions } from '@agop/report';
import { type BackendChoice, openBackend } from '../backends/backends.ts';
import type { CommandRun, Context } from '../command.ts';
import { checkOutputs, finish } from '../output/output-files.ts';
import { openRun } from './kept-run.ts';

/** What the options of every experiment say: where to compute, and what to write. */
export interface ExperimentOptions extends BackendChoice {
  readonly output?: string | undefined;
  readonly report?: string | undefined;
  readonly again?: boolean;
}

/** An experiment as a command, in the order of its work. */
export interface Experiment<O, Input, Event, Run> {
  /** @throws {OptionError} for options that do not go together */
  readonly check: (options: O) => void;
  /** Paths of what it reads; see {@link checkOutputs}. */
  readonly inputs?: (options: O, args: readonly string[]) => readonly (string | undefined)[];
  /**
   * Of a run that has parts: its name. They are kept as they are done, and the same command goes on after
   * them.
   */
  readonly kept?: string;
  /** Reads what the run needs besides its options. */
  readonly read: (options: O, args: readonly string[], context: Context) => Promise<Input>;
  readonly run: (
    options: O,
    input: Input,
    context: RunContext<Event> & { readonly program: Context },
  ) => Promise<Run>;
  /** Shows how far the run is. */
  readonly tell: (event: Event, context: Context) => void;
  /** What people read of it, between its title and its duration. */
  readonly print: (run: Run, context: Context) => readonly string[];
  /** The object of `--json`, without the path of the report. */
  readonly summary: (run: Run, options: O) => { readonly seconds: number };
  readonly page: (run: Run, context: Context) => Promise<PageOptions>;
  /** The bytes of the model, of an experiment that saves one. */
  readonly model?: (run: Run) => Promise<Uint8Array>;
  /** What is to be done when all files are written. */
  readonly finished?: (run: Run) => Promise<void>;
}

/** Checks, reads, runs, prints, and writes the files that the options name. */
export function experimentCommand<O extends ExperimentOptions, Input, Event, Run extends object>(
  experiment: Experiment<O, Input, Event, Run>,
): CommandRun<O> {
  return async ({ args, options, commandLine }, context) => {
    const { output, report } = options;
    experiment.check(options);
    await checkOutputs({ output, report }, experiment.inputs?.(options, args), {
      output: 'model',
      report: 'report',
    });
    const input = await experiment.read(options, args, context);
    using backend = await openBackend(options, context);
    const kept =
      experiment.kept === undefined
        ? undefined
        : await openRun(experiment.kept, { options, input, backend }, context);
    const run = await experiment.run(options, input, {
      backend,
      ...(kept && { parts: kept }),
      program: context,
      freeHostBytes: freemem(),
      naming: (mention) => context.say([mention]),
      onEvent: (event) => experiment.tell(event, context),
    });
    using _ = isDisposable(run) ? run : undefined;
    context.live([]); // The curves come once more, on standard output.
    const summary = experiment.summary(run, options);
    context.print(...experiment.print(run, context), '', `${summary.seconds.toFixed(1)} s`);
    const { model, page } = experiment;
    await finish(
      { ...summary, ...(report !== undefined && { report }) },
      [
        ...(model ? [{ path: output, label: 'Model', content: () => model(run) }] : []),
        {
          path: report,
          label: 'Report',
          content: async () => htmlPage({ ...(await page(run, context)), commandLine }),
        },
      ],
      context,
    );
    await experiment.finished?.(run);
    await kept?.remove();
  };
}

function isDisposable(value: object): value is Disposable {
  return Symbol.dispose in value;
}
