import { basename } from 'node:path';
import { OptionError, wording } from '@agop/core';
import type { Table } from '@agop/data';
import {
  type InspectedData,
  inspectNetwork,
  layersPage,
  layersText,
  type NetworkEvent,
} from '@agop/experiments/layers';
import { readNetwork } from '@agop/experiments/node';
import { htmlPage } from '@agop/report';
import { terminalStyle } from '@agop/report/terminal';
import { openBackend } from '../backends/backends.ts';
import { startTfjs } from '../backends/tfjs.ts';
import type { CommandRun, Context } from '../command.ts';
import { checkOutputs, finish } from '../output/output-files.ts';
import type { InspectOptions } from './inspect-options.ts';

/** `agop inspect model.json --data …`: what the layers of a model of TensorFlow.js use of one's own data. */
export const runInspectNetwork: CommandRun<InspectOptions> = async (
  { args: [path = ''], options, commandLine },
  context,
) => {
  const { data, report } = options;
  if (data === undefined) {
    throw new OptionError(
      'data',
      wording`A model of TensorFlow.js is inspected on data: ${{ option: 'data' }} with a table or images.`,
    );
  }
  await checkOutputs({ report }, [path, data], { report: 'report' });
  const tf = await startTfjs();
  context.status('Reading the model');
  const { model } = await readNetwork(tf, path, undefined);
  try {
    const taken =
      model.inputs[0]?.shape.length === 4 ? await imagesOf(data, options) : await rowsOf(data, options);
    using backend = await openBackend(options, context);
    const result = await inspectNetwork(tf, { name: basename(path), model }, taken, {
      backend,
      onEvent: (event) => tell(event, context),
    });
    const { title, facts, table, findings } = layersText(result);
    context.print(terminalStyle(context.color).bold(title), ...facts, '', ...table, '', ...findings);
    await finish(
      { ...result.summary, ...(report !== undefined && { report }) },
      [
        {
          path: report,
          label: 'Report',
          content: async () => htmlPage({ ...(await layersPage(result)), commandLine }),
        },
      ],
      context,
    );
  } finally {
    model.dispose();
  }
};

const phases: Readonly<Record<NetworkEvent['phase'], string>> = {
  gradients: 'Gradients',
  initial: 'Gradients of the initial network',
  published: 'Gradients as published',
  comparison: 'Layers',
};

function tell({ phase, done, total }: NetworkEvent, context: Context): void {
  context.progress(`${phases[phase]}: ${done} of ${total}`);
}

async function imagesOf(path: string, { samples, target, ignore }: InspectOptions): Promise<InspectedData> {
  if (target !== undefined || ignore.length > 0) {
    const option = target === undefined ? 'ignore' : 'target';
    throw new OptionError(option, wording`${{ option }} does not go with a model of images.`);
  }
  const { readImageFile } = await import('@agop/data/node');
  const { data, shape } = await readImageFile(path, { limit: samples });
  return { data, shape, names: undefined, option: 'data' };
}

/** The first rows of the columns of numbers, as they are: what prepares them is not in the model's file. */
async function rowsOf(path: string, { samples, target, ignore }: InspectOptions): Promise<InspectedData> {
  const { readTableFile } = await import('@agop/data/node');
  const table = await readTableFile(path);
  const columns = columnsOf(table, target, ignore);
  const count = Math.min(samples, table.rows);
  const data = new Float64Array(count * columns.length);
  for (const [j, { name, values }] of columns.entries()) {
    for (let i = 0; i < count; i++) {
      const value = values[i] as number;
      if (!Number.isFinite(value)) {
        throw new OptionError(
          'data',
          wording`Column '${name}' of ${path} has no number in row ${i + 1}: fill it in, or leave the column out with ${{ option: 'ignore', value: name }}.`,
        );
      }
      data[i * columns.length + j] = value;
    }
  }
  return { data, shape: [count, columns.length], names: columns.map(({ name }) => name), option: 'data' };
}

function columnsOf(table: Table, target: string | undefined, ignore: readonly string[]) {
  const left = new Set([...(target === undefined ? [] : [target]), ...ignore]);
  for (const name of left) {
    if (table.columns.some((column) => column.name === name)) continue;
    const option = name === target ? 'target' : 'ignore';
    throw new OptionError(
      option,
      wording`${{ option, value: name }} is no column. The columns are ${table.columns.map((column) => column.name).join(', ')}.`,
    );
  }
  return table.columns.flatMap((column) => {
    if (left.has(column.name)) return [];
    if (column.kind === 'numeric') return [column];
    throw new OptionError(
      'ignore',
      wording`Column '${column.name}' holds texts, which the model cannot take. Leave it out with ${{ option: 'ignore', value: column.name }} or ${{ option: 'target', value: column.name }}.`,
    );
  });
}
