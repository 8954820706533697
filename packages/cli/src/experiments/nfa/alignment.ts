import {
  type AlignmentEvent,
  type AlignmentSettings,
  alignmentPage,
  alignmentPanels,
  alignmentText,
  checkAlignmentSettings,
  runAlignment as run,
} from '@agop/experiments/alignment';
import { readAlignmentData } from '@agop/experiments/node';
import type { Context } from '../../command.ts';
import { type ExperimentOptions, experimentCommand } from '../experiment-command.ts';
import { curves, headline } from '../show.ts';
import { rarely } from './rarely.ts';

/** `agop nfa --task alignment`: how layers of networks align with their gradients. */
export const runAlignment = experimentCommand({
  kept: 'nfa-alignment',
  check: (options: AlignmentSettings & ExperimentOptions) => checkAlignmentSettings(options),
  inputs: ({ images }) => [images],
  read: async (options, _, context) => {
    context.status('Reading the data');
    return readAlignmentData(options);
  },
  run: (options, data, context) => run(options, data, context),
  tell: rarely<AlignmentEvent>(tell),
  print: (result, context) => {
    const { title, facts, table, findings } = alignmentText(result);
    const [trace] = result.summary.traces;
    const chart = trace
      ? ['', ...curves(alignmentPanels(trace.epochs), { ...axis, steps: trace.epochs.length }, context)]
      : [];
    return [headline(title, context), ...facts, ...chart, '', ...table, '', ...findings];
  },
  summary: ({ summary }) => summary,
  page: alignmentPage,
});

const axis = { stepLabel: 'measured epoch', firstStep: 0 };

function tell({ what, secondsLeft, measured, epochs }: AlignmentEvent, context: Context): void {
  if (measured.length > 0) {
    context.live(curves(alignmentPanels(measured), { ...axis, steps: epochs + 1 }, context));
  }
  context.progress(what, secondsLeft);
}
