import { OptionError, wording } from '@agop/core';
import {
  checkGrokkingSettings,
  type GrokkingEvent,
  type GrokkingSettings,
  grokkingPage,
  grokkingPanels,
  grokkingText,
  grokkingTitle,
  runGrokkingExperiment,
} from '@agop/experiments/grokking';
import { formatNumber, formatPercent } from '@agop/report';
import type { Context } from '../command.ts';
import { type ExperimentOptions, experimentCommand } from './experiment-command.ts';
import { curves, headline } from './show.ts';

/** `agop grok`: runs a Recursive Feature Machine on modular arithmetic and shows how it learns. */
export const runGrok = experimentCommand({
  check: (options: GrokkingSettings & ExperimentOptions) => {
    checkGrokkingSettings(options);
    if (options.show === undefined || options.report !== undefined) return;
    throw new OptionError('show', wording`${{ option: 'show' }} needs ${{ option: 'report' }}.`);
  },
  read: async () => {},
  run: (options, _, context) => runGrokkingExperiment(options, context),
  tell,
  print: (result, context) => {
    const { summary, operations } = result;
    const { title, facts, findings } = grokkingText(result, (mention) => context.say([mention]));
    const panels = grokkingPanels({ ...summary, operations });
    const chart = curves(panels, { ...axis, steps: summary.iterations.length }, context);
    return [headline(title, context), ...facts, '', ...chart, '', ...findings];
  },
  summary: ({ summary }) => summary,
  page: (result, context) => grokkingPage(result, (mention) => context.say([mention])),
});

const axis = { stepLabel: 'iteration', firstStep: 0 };

function tell(event: GrokkingEvent, context: Context): void {
  const { last, planned, secondsLeft } = event;
  const chart = curves(grokkingPanels(event), { ...axis, steps: planned }, context);
  context.live([headline(grokkingTitle(event), context), ...chart]);
  context.progress(
    `Iteration ${last.iteration} of ${planned - 1}: test accuracy ${formatPercent(last.testAccuracy)}, test loss ${formatNumber(last.testLoss)}`,
    secondsLeft > 0 ? secondsLeft : undefined,
  );
}
