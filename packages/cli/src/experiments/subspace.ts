import { basename } from 'node:path';
import { sayPath } from '@agop/experiments/node';
import {
  checkSubspaceSettings,
  runSubspaceExperiment,
  type SubspaceEvent,
  type SubspaceSettings,
  subspacePage,
  subspaceText,
} from '@agop/experiments/subspace';
import { modelAttachments, tabularData } from '@agop/experiments/tabular';
import type { Context } from '../command.ts';
import { tellNotes } from '../table/notes.ts';
import { readTable, type TableOptions } from '../table/table-options.ts';
import { type ExperimentOptions, experimentCommand } from './experiment-command.ts';

/** `agop subspace`: reads a table, and says which directions of its features the target depends on. */
export const runSubspace = experimentCommand({
  check: (options: SubspaceSettings & TableOptions & ExperimentOptions) => checkSubspaceSettings(options),
  inputs: ({ validation }, args) => [...args, typeof validation === 'string' ? validation : undefined],
  read: async (options, [path = ''], context) => {
    context.status(`Reading ${basename(path)}`);
    const types = Object.fromEntries(options.categorical.map((name) => [name, 'categorical'] as const));
    const table = await readTable(path, options, { types });
    const settings = { ...options, scale: options.standardize ? ('standard' as const) : ('none' as const) };
    const data = await tabularData(basename(path), table, settings, (held, reading) =>
      readTable(held, options, reading).catch(sayPath({ path: held, option: 'validation' })),
    );
    tellNotes(data.notes, context);
    return data;
  },
  run: async (options, data, context) => {
    const run = await runSubspaceExperiment(options, data, context);
    return { ...run, attachments: modelAttachments(data.preprocessor) };
  },
  tell: ({ phase }: SubspaceEvent, context: Context) =>
    context.status(phase === 'directions' ? 'Searching for directions' : 'Predicting the held-out rows'),
  print: ({ result }, context) => subspaceText(result, context),
  summary: ({ result }, { output }) => ({
    ...result.summary,
    ...(output !== undefined && { output }),
  }),
  page: ({ result }) => subspacePage(result),
  model: ({ model, attachments }) => model.toBytes({ attachments }),
});
