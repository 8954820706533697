import { basename } from 'node:path';
import { OptionError, wording } from '@agop/core';
import { sayPath } from '@agop/experiments/node';
import {
  checkTableChoiceSettings,
  runTableChoice,
  type TableChoiceEvent,
  type TableChoiceSettings,
  tableChoiceData,
  tableChoicePage,
  tableChoiceText,
} from '@agop/experiments/table-choice';
import { formatNumber } from '@agop/report';
import type { Context } from '../command.ts';
import { summaryAttachment } from '../model/attachments.ts';
import { tellNotes } from '../table/notes.ts';
import { declaredTypes, readTable, type TableOptions } from '../table/table-options.ts';
import { type ExperimentOptions, experimentCommand } from './experiment-command.ts';

/** `agop fit`: chooses settings for a table, fits them, and tests them on rows that chose nothing. */
export const runChoice = experimentCommand({
  check: (options: TableChoiceSettings & TableOptions & ExperimentOptions) => {
    checkTableChoiceSettings(options);
    const twice = options.target.find((name, i) => options.target.indexOf(name) < i);
    if (twice === undefined) return;
    throw new OptionError('target', wording`${{ option: 'target' }} names the column '${twice}' twice.`);
  },
  inputs: ({ test }, args) => [...args, typeof test === 'string' ? test : undefined],
  read: async (options, [path = ''], context) => {
    context.status(`Reading ${basename(path)}`);
    const table = await readTable(path, options, { types: declaredTypes(options.categorical) });
    const data = await tableChoiceData(basename(path), table, options, (test, reading) =>
      readTable(test, options, reading).catch(sayPath({ path: test, option: 'test' })),
    );
    tellNotes(data.notes, context);
    context.status('Choosing settings');
    return data;
  },
  run: (options, data, context) =>
    runTableChoice(options, data, { ...context, drawn: options.report !== undefined }),
  tell: tellEvent,
  print: ({ result }, context) => tableChoiceText(result, context),
  summary: ({ result }, { output }) => ({
    ...result.summary,
    ...(output !== undefined && { output }),
  }),
  page: ({ result }) => tableChoicePage(result),
  model: ({ model, result }) => model.toBytes({ attachments: summaryAttachment(result.summary) }),
});

function tellEvent(event: TableChoiceEvent, context: Context): void {
  if (event.phase === 'test') {
    context.status('Testing');
    return;
  }
  if (event.phase === 'fit') {
    context.progress(`Fitting all training rows: ${event.done} of ${event.members}`);
    return;
  }
  const { record, done } = event.event;
  const score = record.score === undefined ? 'could not be judged' : formatNumber(record.score);
  const rung = record.rung === 0 ? '' : `, round ${record.rung + 1}`;
  context.progress(`Choosing settings: trial ${done}${rung} · ${score} · ${event.settings}`);
}
