import {
  checkHashingSettings,
  type HashingEvent,
  type HashingRunSettings,
  hashingPage,
  hashingText,
  runHashingExperiment,
} from '@agop/experiments/hashing';
import { readHashingData } from '@agop/experiments/node';
import type { Context } from '../command.ts';
import { type ExperimentOptions, experimentCommand } from './experiment-command.ts';
import { headline } from './show.ts';

/** `agop hash`: grows forests of bit tests on images, and asks them for points with some bits wrong. */
export const runHash = experimentCommand({
  kept: 'hash',
  check: (options: HashingRunSettings & ExperimentOptions) => checkHashingSettings(options),
  inputs: ({ images }) => [images],
  read: async (options, _, context) => {
    context.status('Reading the images');
    return readHashingData(options);
  },
  run: (options, data, context) => runHashingExperiment(options, data, context),
  tell,
  print: ({ result }, context) => {
    const { title, facts, table, findings } = hashingText(result);
    return [headline(title, context), ...facts, '', ...table, '', ...findings];
  },
  summary: ({ result }) => result.summary,
  page: ({ result }) => hashingPage(result),
  model: async ({ forest }) => forest.toBytes(),
});

function tell({ strategy, trees, of, secondsLeft }: HashingEvent, context: Context): void {
  context.progress(`Strategy ${strategy}: tree ${trees} of ${of}`, trees < of ? secondsLeft : undefined);
}
