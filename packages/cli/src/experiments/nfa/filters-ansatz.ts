import {
  checkFiltersAnsatzSettings,
  type FiltersAnsatzEvent,
  type FiltersAnsatzSettings,
  filtersAnsatzPage,
  filtersAnsatzText,
  runFiltersAnsatz as run,
} from '@agop/experiments/filters-ansatz';
import { readFiltersAnsatzData } from '@agop/experiments/node';
import { formatPercent } from '@agop/report';
import { startTfjs } from '../../backends/tfjs.ts';
import type { Context } from '../../command.ts';
import { type ExperimentOptions, experimentCommand } from '../experiment-command.ts';
import { headline } from '../show.ts';

/** `agop nfa --task filters-ansatz`: filters of trained networks beside their patch AGOPs. */
export const runFiltersAnsatz = experimentCommand({
  kept: 'nfa-filters-ansatz',
  check: (options: FiltersAnsatzSettings & ExperimentOptions) => checkFiltersAnsatzSettings(options),
  inputs: ({ images }) => [images],
  read: async (options, _, context) => {
    context.status('Reading the images');
    return readFiltersAnsatzData(options, await startTfjs());
  },
  run: (options, data, context) => run(options, data, context),
  tell: teller(),
  print: (result, context) => {
    const { title, facts, table, findings } = filtersAnsatzText(result);
    return [headline(title, context), ...facts, '', ...table, '', ...findings];
  },
  summary: ({ summary }) => summary,
  page: filtersAnsatzPage,
});

/** How often progress is told where no one is watching, in seconds. */
const quietSeconds = 10;

function teller() {
  let told = 0;
  const started = new Map<string, number>();
  return ({ network, seed, phase, done, total }: FiltersAnsatzEvent, context: Context): void => {
    const now = performance.now();
    const key = `${network} ${seed} ${phase}`;
    const since = started.get(key) ?? now;
    started.set(key, since);
    if (!context.watched && now < told + 1000 * quietSeconds) return;
    told = now;
    const words = phase === 'gradients' ? 'gradients' : 'comparison of layers';
    // The first step is when the clock of the phase began.
    const left = done > 1 ? ((now - since) / 1000 / (done - 1)) * (total - done) : undefined;
    context.progress(`${network}, seed ${seed}: ${words} (${formatPercent(done / total)})`, left);
  };
}
