import { OptionError, wording } from '@agop/core';
import type { Settings } from '@agop/core/options';
import {
  checkGrokkingSettings,
  type GrokkingEvent,
  grokkingPage,
  grokkingPanels,
  grokkingText,
  grokkingTitle,
  runGrokkingExperiment,
} from '@agop/experiments/grokking';
import { formatNumber, formatPercent, panelChart, terminalStyle } from '@agop/report';
import type { Context } from '../command.ts';
import type { grokOptions } from '../commands/grok.ts';
import { experimentCommand } from '../experiment-command.ts';

/** `agop grok`: runs a Recursive Feature Machine on modular arithmetic and shows how it learns. */
export const runGrok = experimentCommand({
  check: (options: Settings<typeof grokOptions>) => {
    checkGrokkingSettings(options);
    if (options.show !== undefined && options.report === undefined) {
      throw new OptionError(
        'show',
        wording`${{ option: 'show', bare: true }} needs ${{ option: 'report', bare: true }}.`,
      );
    }
  },
  read: async () => {},
  run: (options, _, context) => runGrokkingExperiment(options, context),
  tell: tellIteration,
  print: (result, context) => {
    const { summary, operations } = result;
    const { title, facts, findings } = grokkingText(result);
    const curves = chart({ ...summary, operations, planned: summary.iterations.length }, context);
    return [terminalStyle(context.color).bold(title), ...facts, '', ...curves, '', ...findings];
  },
  summary: ({ summary }) => summary,
  page: grokkingPage,
});

function tellIteration(event: GrokkingEvent, context: Context): void {
  const { iterations, planned, secondsLeft } = event;
  const last = iterations.at(-1);
  if (!last) return;
  context.live([terminalStyle(context.color).bold(grokkingTitle(event)), ...chart(event, context)]);
  context.progress(
    `Iteration ${last.iteration} of ${planned - 1}: test accuracy ${formatPercent(last.testAccuracy)}, test loss ${formatNumber(last.testLoss)}`,
    secondsLeft > 0 ? secondsLeft : undefined,
  );
}

/** The run so far as curves over all its iterations. */
function chart(event: Omit<GrokkingEvent, 'secondsLeft'>, { columns, color }: Context): string[] {
  return panelChart(grokkingPanels(event), {
    width: Math.min(100, columns - 1),
    steps: event.planned,
    style: terminalStyle(color),
  });
}
