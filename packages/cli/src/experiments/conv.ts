import {
  checkFiltersSettings,
  type FiltersEvent,
  type FiltersSettings,
  filtersPage,
  filtersText,
  roundName,
  runFiltersExperiment,
} from '@agop/experiments/filters';
import { readFiltersData } from '@agop/experiments/node';
import { formatPercent } from '@agop/report';
import type { Context } from '../command.ts';
import { type ExperimentOptions, experimentCommand } from './experiment-command.ts';
import { headline } from './show.ts';

/** `agop conv`: learns filters for images, and shows them. */
export const runConv = experimentCommand({
  kept: 'conv',
  check: (options: FiltersSettings & ExperimentOptions) => checkFiltersSettings(options),
  inputs: ({ data }) => [data],
  read: async (options, _, context) => {
    context.status('Reading the images');
    const data = await readFiltersData(options, options.seed);
    if (data.testHeldOut) {
      context.note(
        `agop: ${options.data} has no test images: ${data.test?.shape[0]} of its images, a fifth of each class, are held out for testing.`,
      );
    }
    return data;
  },
  run: (options, data, context) =>
    runFiltersExperiment(
      options,
      async (seed) => (seed === options.seed ? data : readFiltersData(options, seed)),
      { ...context, pictures: options.report !== undefined },
    ),
  tell: teller(),
  print: ({ result }, context) => {
    const { title, facts, table, findings } = filtersText(result);
    const found = findings.map(context.say);
    return [headline(title, context), ...facts, '', ...table, ...(found.length > 0 ? ['', ...found] : [])];
  },
  summary: ({ result }) => result.summary,
  page: ({ result }, context) => filtersPage(result, (mention) => context.say([mention])),
  model: ({ model }) => model.toBytes(),
});

const phases: Readonly<Record<ConvPhase, string>> = {
  kernel: 'kernel of the training images',
  solve: 'solving',
  validation: 'validation images',
  test: 'test images',
  gradients: 'gradients by patches',
};
type ConvPhase = Extract<FiltersEvent, { kind: 'progress' }>['phase'];

/** How often the progress within a round is told where no one is watching, in seconds. */
const quietSeconds = 10;

function teller() {
  let told = performance.now();
  return (event: FiltersEvent, context: Context): void => {
    if (event.kind === 'note') {
      context.note(['agop: ', ...event.text]);
      return;
    }
    const now = performance.now();
    if (event.kind === 'progress' && !context.watched && now < told + 1000 * quietSeconds) return;
    told = now;
    const label = event.seeds > 1 ? `Seed ${event.seed}, ` : '';
    context.progress(label + textOf(event), event.secondsLeft > 0 ? event.secondsLeft : undefined);
  };
}

function textOf(event: Exclude<FiltersEvent, { kind: 'note' }>): string {
  if (event.kind === 'progress') {
    const { phase, fraction, layer } = event;
    return `${roundName(event, layer > 0)}: ${phases[phase]} (${formatPercent(fraction)} of all)`;
  }
  const { iterations, layered, accuracy } = event;
  const scored = accuracy === undefined ? '' : `: accuracy ${formatPercent(accuracy)}`;
  return `${roundName(event, layered)} of ${iterations}${scored}`;
}
