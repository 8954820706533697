import { readPhenomenaData } from '@agop/experiments/node';
import {
  checkPhenomenaSettings,
  type PhenomenaEvent,
  type PhenomenaSettings,
  phenomenaPage,
  phenomenaText,
  runPhenomena as run,
} from '@agop/experiments/phenomena';
import { formatPercent } from '@agop/report';
import type { Context } from '../../command.ts';
import { type ExperimentOptions, experimentCommand } from '../experiment-command.ts';
import { headline } from '../show.ts';
import { rarely } from './rarely.ts';

/** `agop nfa --task phenomena`: what networks do, and Recursive Feature Machines as well. */
export const runPhenomena = experimentCommand({
  kept: 'nfa-phenomena',
  check: (options: PhenomenaSettings & ExperimentOptions) => checkPhenomenaSettings(options),
  inputs: ({ cifar10, mnist }) => [cifar10, mnist],
  read: async (options, _, context) => {
    context.status('Reading the images');
    return readPhenomenaData(options);
  },
  run: (options, data, context) => run(options, data, context),
  tell: rarely<PhenomenaEvent>(tell),
  print: (result, context) => {
    const { title, facts, table, findings } = phenomenaText(result);
    return [headline(title, context), ...facts, '', ...table, ...findings];
  },
  summary: ({ summary }) => summary,
  page: phenomenaPage,
});

function tell({ phenomenon, seed, fraction, secondsLeft }: PhenomenaEvent, context: Context): void {
  context.progress(`Seed ${seed}, ${phenomenon} (${formatPercent(fraction)} of all)`, secondsLeft);
}
