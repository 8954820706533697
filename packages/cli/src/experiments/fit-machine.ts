import { basename } from 'node:path';
import { wording } from '@agop/core';
import { sayPath } from '@agop/experiments/node';
import {
  checkTabularSettings,
  modelAttachments,
  runTabularExperiment,
  type TabularEvent,
  type TabularSettings,
  tabularData,
  tabularPage,
  tabularText,
} from '@agop/experiments/tabular';
import { formatNumber, formatPercent } from '@agop/report';
import type { Context } from '../command.ts';
import { tellNotes } from '../table/notes.ts';
import { declaredTypes, readTable, type TableOptions } from '../table/table-options.ts';
import { type ExperimentOptions, experimentCommand } from './experiment-command.ts';

/** `agop fit` with settings of one machine: reads a table, fits an RFM and says what it found. */
export const runMachine = experimentCommand({
  check: (options: TabularSettings & TableOptions & ExperimentOptions) => checkTabularSettings(options),
  inputs: ({ validation }, args) => [...args, typeof validation === 'string' ? validation : undefined],
  read: async (options, [path = ''], context) => {
    context.status(`Reading ${basename(path)}`);
    const table = await readTable(path, options, { types: declaredTypes(options.categorical) });
    const data = await tabularData(basename(path), table, options, (held, reading) =>
      readTable(held, options, reading).catch(sayPath({ path: held, option: 'validation' })),
    );
    tellNotes(data.notes, context);
    context.status('Fitting: plain kernel regression');
    return data;
  },
  run: async (options, data, context) => {
    const run = await runTabularExperiment(options, data, {
      ...context,
      features: options.report !== undefined,
    });
    return { ...run, attachments: modelAttachments(data.preprocessor, run.result.summary.prior) };
  },
  tell: tellEvent,
  print: ({ result }, context) => tabularText(result, context),
  summary: ({ result }, { output }) => ({
    ...result.summary,
    ...(output !== undefined && { output }),
  }),
  page: ({ result }) => tabularPage(result),
  model: ({ model, attachments }) => model.toBytes({ attachments }),
});

function tellEvent(event: TabularEvent, context: Context): void {
  if ('code' in event) {
    context.note(wording`agop: ${event.message}`);
    return;
  }
  const { iteration, iterations, metric, value, secondsLeft } = event;
  const score =
    value === undefined
      ? ''
      : ` · ${metric === 'accuracy' || metric === 'balancedAccuracy' ? formatPercent(value) : `${metric} ${formatNumber(value)}`}`;
  const name = iteration === 0 ? 'plain kernel regression' : `iteration ${iteration} of ${iterations}`;
  context.progress(`Fitting: ${name}${score}`, iteration < iterations ? secondsLeft : undefined);
}
