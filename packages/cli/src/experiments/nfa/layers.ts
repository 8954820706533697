import {
  type LayersEvent,
  type LayersSettings,
  layersPage,
  layersText,
  runLayers as run,
} from '@agop/experiments/layers';
import { readLayersDump } from '@agop/experiments/node';
import type { Context } from '../../command.ts';
import { type ExperimentOptions, experimentCommand } from '../experiment-command.ts';
import { headline } from '../show.ts';

/** `agop nfa --task layers`: layers whose weights and gradients another program has saved. */
export const runLayers = experimentCommand({
  check: (_: LayersSettings & ExperimentOptions) => undefined,
  inputs: ({ dump }) => [dump],
  read: async ({ dump }, _, context) => {
    context.status('Reading weights and gradients');
    return readLayersDump(dump);
  },
  run: (options, dump, context) => run(options, dump, context),
  tell: ({ layer, done, total }: LayersEvent, context: Context) =>
    context.progress(`${layer} (${done} of ${total})`),
  print: (result, context) => {
    const { title, facts, table, findings } = layersText(result);
    return [headline(title, context), ...facts, '', ...table, '', ...findings];
  },
  summary: ({ summary }) => summary,
  page: layersPage,
});
