import { wording } from '@agop/core';
import {
  type CollapseEvent,
  type CollapseSettings,
  checkCollapseSettings,
  collapsePage,
  collapsePanels,
  collapseText,
  runCollapseExperiment,
} from '@agop/experiments/collapse';
import { readCollapseData } from '@agop/experiments/node';
import { modelAttachments } from '@agop/experiments/tabular';
import { formatPercent } from '@agop/report';
import type { Context } from '../command.ts';
import { imageAttachments } from '../model/attachments.ts';
import { tellNotes } from '../table/notes.ts';
import { declaredTypes, readTable, refuseTableOptions, type TableOptions } from '../table/table-options.ts';
import { type ExperimentOptions, experimentCommand } from './experiment-command.ts';
import { curves, headline } from './show.ts';

/** `agop collapse`: builds a Deep RFM and shows how its classes collapse, layer by layer. */
export const runCollapse = experimentCommand({
  check: (options: CollapseSettings & TableOptions & ExperimentOptions) => checkCollapseSettings(options),
  inputs: ({ data, images }) => [data, images],
  read: async (options, _, context) => {
    context.status('Reading the data');
    const data = await readCollapseData(options, {
      readTable: async (path) => {
        const table = await readTable(path, options, { types: declaredTypes(options.categorical) });
        tellNotes(
          (table.notes ?? []).filter(({ column = '' }) => !options.ignore.includes(column)),
          context,
        );
        return table;
      },
    });
    if (data.image) refuseTableOptions(options, [{ option: 'data', value: data.name }, ', which is images']);
    if (data.remark !== undefined) context.note(['agop: ', ...data.remark]);
    context.status('Fitting a kernel machine to the input');
    return data;
  },
  run: async (options, data, context) => {
    const run = await runCollapseExperiment(options, data, {
      ...context,
      grams: options.report !== undefined,
    });
    return { ...run, data };
  },
  tell,
  print: ({ result }, context) => {
    const { layers, depth } = result.summary;
    const { title, facts, table, findings } = collapseText(result);
    const chart = curves(collapsePanels(layers), { ...axis, steps: depth }, context);
    return [headline(title, context), ...facts, '', ...chart, '', ...table, '', ...findings];
  },
  summary: ({ result }) => result.summary,
  page: ({ result }) => collapsePage(result),
  model: ({ model, data: { preprocessor, image } }) =>
    model.toBytes({
      attachments: {
        ...(preprocessor && modelAttachments(preprocessor)),
        ...(image && imageAttachments(image)),
      },
    }),
});

const axis = { stepLabel: 'layer', firstStep: 1 };

function tell(event: CollapseEvent, context: Context): void {
  if ('code' in event) {
    context.note(wording`agop: ${event.message}`);
    return;
  }
  const { layers, last, depth, secondsLeft } = event;
  const { layer, nc1, accuracy } = last;
  context.live(curves(collapsePanels(layers), { ...axis, steps: depth }, context));
  context.progress(
    `Layer ${layer} of ${depth}: NC1 ${nc1.projected.toExponential(1)}, accuracy ${formatPercent(accuracy)}`,
    layer < depth ? secondsLeft : undefined,
  );
}
