import { OptionError } from '@agop/core';
import {
  checkInterpolationSettings,
  type InterpolationEvent,
  type InterpolationSettings,
  interpolationPage,
  interpolationText,
  runInterpolationExperiment,
} from '@agop/experiments/interpolation';
import type { Context } from '../command.ts';
import { type ExperimentOptions, experimentCommand } from './experiment-command.ts';
import { headline } from './show.ts';

/** `agop theory interpolation`: the risk of kernel interpolation, exactly and simulated. */
export const runTheory = experimentCommand({
  check: (options: InterpolationSettings & ExperimentOptions) => checkInterpolationSettings(options),
  read: async (_, [subject]) => {
    if (subject === 'interpolation') return;
    throw new OptionError('subject', `There is no subject '${subject}'. There is: interpolation.`);
  },
  run: (options, _, context) => runInterpolationExperiment(options, context),
  tell,
  print: (result, context) => {
    const { title, facts, table, findings } = interpolationText(result);
    return [headline(title, context), ...facts, '', ...table, '', ...findings];
  },
  summary: ({ summary }) => summary,
  page: interpolationPage,
});

function tell({ kernel, n }: InterpolationEvent, context: Context): void {
  context.progress(`${kernel} kernel, ${n} samples`);
}
