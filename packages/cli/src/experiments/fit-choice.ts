import { basename } from 'node:path';
import { formatBytes, OptionError, wording } from '@agop/core';
import { sayPath } from '@agop/experiments/node';
import {
  checkTableChoiceSettings,
  type Expectation,
  expectationOf,
  runTableChoice,
  summaryAttachment,
  type TableChoiceData,
  type TableChoiceRun,
  type TableChoiceSettings,
  tableChoiceData,
  tableChoiceOptions,
  tableChoicePage,
  tableChoiceText,
  workAfterTrials,
} from '@agop/experiments/table-choice';
import { openWorkers, workerCount } from '../backends/workers.ts';
import { type Journal, markOf, openJournal } from '../journal/journal.ts';
import { describeTime } from '../output/describe-time.ts';
import { openFitQueue } from '../queue/fit-queue.ts';
import type { FitQueueChoice } from '../queue/queue-options.ts';
import { tellNotes } from '../table/notes.ts';
import { declaredTypes, readTable, type TableOptions } from '../table/table-options.ts';
import { ChoiceProgress } from './choice-progress.ts';
import { type ExperimentOptions, experimentCommand } from './experiment-command.ts';

type ChoiceOptions = TableChoiceSettings &
  TableOptions &
  ExperimentOptions &
  FitQueueChoice & { readonly resume: boolean; readonly json: boolean };
type ChoiceRun = TableChoiceRun & { readonly journal: Journal | undefined };
/** What was read: the rows, and where they lie. */
type ChoiceInput = TableChoiceData & { readonly path: string };

/** From so many rows on, it is said beforehand what a fit will take. */
const manyRows = 20_000;

/** `agop fit`: chooses settings for a table, fits them, and tests them on rows that chose nothing. */
export const runChoice = experimentCommand({
  check: (options: ChoiceOptions) => {
    checkTableChoiceSettings(options);
    const { resume, output, redis } = options;
    if (resume && output === undefined && redis === undefined) {
      throw new OptionError(
        'resume',
        wording`${{ option: 'resume' }} needs ${{ option: 'output', bare: true }}: what a fit finds is kept beside its model.`,
      );
    }
  },
  inputs: ({ test }, args) => [...args, typeof test === 'string' ? test : undefined],
  read: async (options, [path = ''], context): Promise<ChoiceInput> => {
    context.status(`Reading ${basename(path)}`);
    const table = await readTable(path, options, { types: declaredTypes(options.categorical) });
    const data = await tableChoiceData(basename(path), table, options, (test, reading) =>
      readTable(test, options, reading).catch(sayPath({ path: test, option: 'test' })),
    );
    tellNotes(data.notes, context);
    context.status('Choosing settings');
    return { ...data, path };
  },
  run: async (options, data, { program, ...context }): Promise<ChoiceRun> => {
    const { backend } = context;
    const { rows } = data.training;
    const queue = await openFitQueue(options, data, program);
    using executor = queue?.executor ?? openWorkers(backend, options, rows);
    const workers = queue ? queue.slots : workerCount(backend, options, rows);
    const expectation = rows >= manyRows ? await expectationOf(options, data, backend, workers) : undefined;
    if (expectation) program.note(`agop: ${expectationText(expectation, workers)}`);
    const { output } = options;
    const journal =
      output === undefined
        ? undefined
        : await openJournal(output, markOf(settingsOf(options), data.training), options.resume, program);
    if (journal) {
      program.kept(
        wording`What it has found is kept in ${`${output}.resume`}: with ${{ option: 'resume', bare: true }} it goes on.`,
      );
    }
    const shown = queue?.shown ?? program;
    const progress = new ChoiceProgress(options, expectation?.seconds, workAfterTrials(data));
    const run = await runTableChoice(options, data, {
      ...context,
      executor,
      resume: journal?.trials,
      ...(journal && { readLeaf: journal.readLeaf, writeLeaf: journal.writeLeaf }),
      drawn: options.report !== undefined,
      onEvent: (event) => {
        if (event.phase === 'trial') journal?.add(event.event);
        queue?.tell(event);
        progress.tell(event, shown);
      },
    });
    await journal?.settle();
    await queue?.close();
    return { ...run, journal };
  },
  tell: () => {},
  print: ({ result }, context) => tableChoiceText(result, context),
  summary: ({ result }, { output }) => ({
    ...result.summary,
    ...(output !== undefined && { output }),
  }),
  page: ({ result }) => tableChoicePage(result),
  model: ({ model, result }) => model.toBytes({ attachments: summaryAttachment(result.summary) }),
  finished: async ({ journal }) => journal?.remove(),
});

/** The settings among the options. */
function settingsOf(options: ChoiceOptions): object {
  const names = Object.keys(tableChoiceOptions);
  return Object.fromEntries(names.map((name) => [name, Reflect.get(options, name)]));
}

/** What a fit will take, in a sentence. */
function expectationText(
  { rows, leaves, leafRows, leafBytes, seconds }: Expectation,
  workers: number,
): string {
  const atATime = Math.min(workers, leaves);
  const parts =
    leaves === 1
      ? 'one fit of all of them'
      : `a tree of ${leaves} leaves of up to ${leafRows} rows${atATime > 1 ? `, ${atATime} at a time` : ''}`;
  return `${rows} rows to learn from: ${parts}. It will take about ${describeTime(roughly(seconds))} and ${formatBytes(leafBytes * atATime)} of memory for the fits.`;
}

/** A duration that claims no more than it knows. */
function roughly(seconds: number): number {
  if (seconds < 90) return Math.ceil(seconds / 10) * 10;
  return Math.ceil(seconds / 60) * 60;
}
