import {
  type AnsatzEvent,
  type AnsatzSettings,
  ansatzPage,
  ansatzText,
  checkAnsatzSettings,
  runAnsatz as run,
} from '@agop/experiments/ansatz';
import { readAnsatzData } from '@agop/experiments/node';
import { formatNumber } from '@agop/report';
import type { Context } from '../../command.ts';
import { type ExperimentOptions, experimentCommand } from '../experiment-command.ts';
import { headline } from '../show.ts';

/** `agop nfa --task ansatz`: dense networks on images, their layers measured. */
export const runAnsatz = experimentCommand({
  kept: 'nfa-ansatz',
  check: (options: AnsatzSettings & ExperimentOptions) => checkAnsatzSettings(options),
  inputs: ({ images }) => [images],
  read: async (options, _, context) => {
    context.status('Reading the images');
    return readAnsatzData(options);
  },
  run: (options, data, context) => run(options, data, context),
  tell: teller(),
  print: (result, context) => {
    const { title, facts, table, findings } = ansatzText(result);
    return [headline(title, context), ...facts, '', ...table, '', ...findings];
  },
  summary: ({ summary }) => summary,
  page: ansatzPage,
});

/** How often epochs are told where no one is watching, in seconds. */
const quietSeconds = 10;

function teller() {
  let told = performance.now();
  return (event: AnsatzEvent, context: Context): void => {
    const label = event.seeds > 1 ? `Seed ${event.seed}, ` : '';
    const now = performance.now();
    if (!context.watched && now < told + 1000 * quietSeconds) return;
    told = now;
    if (event.kind === 'measuring') {
      context.progress(`${label}measuring the layers, ${event.done} of ${event.layers} compared`);
      return;
    }
    const { epoch, epochs, loss, secondsLeft } = event;
    context.progress(`${label}epoch ${epoch} of ${epochs}: loss ${formatNumber(loss, 3)}`, secondsLeft);
  };
}
