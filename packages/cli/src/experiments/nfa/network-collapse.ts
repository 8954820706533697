import {
  checkNetworkCollapseSettings,
  type NetworkCollapseEvent,
  type NetworkCollapseSettings,
  networkCollapsePage,
  networkCollapsePanels,
  networkCollapseText,
  runNetworkCollapse as run,
} from '@agop/experiments/network-collapse';
import { readNetworkCollapseData } from '@agop/experiments/node';
import type { Context } from '../../command.ts';
import { type ExperimentOptions, experimentCommand } from '../experiment-command.ts';
import { curves, headline } from '../show.ts';
import { rarely } from './rarely.ts';

/** `agop nfa --task network-collapse`: how classes collapse in a network, and by what. */
export const runNetworkCollapse = experimentCommand({
  kept: 'nfa-network-collapse',
  check: (options: NetworkCollapseSettings & ExperimentOptions) => checkNetworkCollapseSettings(options),
  inputs: ({ data, images }) => [data, images],
  read: async (options, _, context) => {
    context.status('Reading the data');
    const data = await readNetworkCollapseData(options);
    if (data.remark !== undefined) context.note(['agop: ', ...data.remark]);
    return data;
  },
  run: (options, data, context) => run(options, data, { ...context, grams: options.report !== undefined }),
  tell: rarely<NetworkCollapseEvent>(tell),
  print: (result, context) => {
    const { title, facts, table, findings } = networkCollapseText(result);
    return [headline(title, context), ...facts, '', ...table, '', ...findings];
  },
  summary: ({ summary }) => summary,
  page: networkCollapsePage,
});

function tell(event: NetworkCollapseEvent, context: Context): void {
  const { gain, decay, seed, epoch, epochs, training, trainings, measured, secondsLeft } = event;
  const axis = { stepLabel: 'measured epoch', firstStep: 0, steps: measured.length };
  if (measured.length > 0) context.live(curves(networkCollapsePanels(measured), axis, context));
  const which = `gain ${gain}${decay > 0 ? `, decay ${decay}` : ''}, seed ${seed}`;
  context.progress(
    measured.length === 0
      ? `Training ${training} of ${trainings} (${which}), measuring before it`
      : `Training ${training} of ${trainings} (${which}), epoch ${epoch} of ${epochs}`,
    secondsLeft,
  );
}
