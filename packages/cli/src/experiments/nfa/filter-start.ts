import {
  type FilterStartEvent,
  type FilterStartSettings,
  filterStartPage,
  filterStartText,
  runFilterStart as run,
} from '@agop/experiments/filter-start';
import { readFilterStartData } from '@agop/experiments/node';
import { formatPercent } from '@agop/report';
import { startTfjs } from '../../backends/tfjs.ts';
import type { Context } from '../../command.ts';
import { type ExperimentOptions, experimentCommand } from '../experiment-command.ts';
import { headline } from '../show.ts';

/** `agop nfa --task filter-start`: a small network from filters of a ConvRFM. */
export const runFilterStart = experimentCommand({
  kept: 'nfa-filter-start',
  check: (_: FilterStartSettings & ExperimentOptions) => undefined,
  inputs: ({ images }) => [images],
  read: async (options, _, context) => {
    context.status('Reading the images');
    return readFilterStartData(options, await startTfjs());
  },
  run: (options, data, context) => run(options, data, context),
  tell: teller(),
  print: (result, context) => {
    const { title, facts, table, findings } = filterStartText(result);
    return [headline(title, context), ...facts, '', ...table, '', ...findings];
  },
  summary: ({ summary }) => summary,
  page: filterStartPage,
});

/** How often epochs are told where no one is watching, in seconds. */
const quietSeconds = 10;

function teller() {
  let told = performance.now();
  return (event: FilterStartEvent, context: Context): void => {
    const now = performance.now();
    if (!context.watched && now < told + 1000 * quietSeconds) return;
    told = now;
    if (event.kind === 'rfm') {
      context.progress(`Seed ${event.seed}: the ConvRFM`);
      return;
    }
    const { seed, start, training, epoch, accuracy, done, total, secondsLeft } = event;
    const what = training === 'all' ? 'filters trained' : 'filters fixed';
    context.progress(
      `Seed ${seed}, ${start}, ${what}: epoch ${epoch}, accuracy ${formatPercent(accuracy)} (training ${done + 1} of ${total})`,
      secondsLeft,
    );
  };
}
