import { freemem } from 'node:os';
import {
  type GrokkingEvent,
  grokkingPage,
  grokkingPanels,
  grokkingText,
  grokkingTitle,
  runGrokkingExperiment,
} from '@agop/experiments/grokking';
import { formatNumber, formatPercent, htmlPage, panelChart, terminalStyle } from '@agop/report';
import { openBackend } from '../backends/backends.ts';
import type { CommandRun, Context } from '../command.ts';
import { asFlags, sayOptions } from '../output/option-words.ts';
import { checkOutputs, finish } from '../output/output-files.ts';
import { grokWords } from './option-words.ts';
import { grokSettings } from './settings.ts';

/** `agop grok`: runs a Recursive Feature Machine on modular arithmetic and shows how it learns. */
export const runGrok: CommandRun = (request, context) =>
  grokTask(request, context).catch(sayOptions(grokWords));

const grokTask: CommandRun = async ({ options, commandLine }, context) => {
  const settings = grokSettings(options);
  await checkOutputs(options);
  using backend = await openBackend(options);
  const result = await runGrokkingExperiment(settings, {
    backend,
    freeHostBytes: freemem(),
    naming: asFlags,
    onEvent: (event) => tellIteration(event, context),
  });
  context.live([]); // The curves come once more, on standard output and with the alignment.
  const report = options.text('report');
  const { summary, operations } = result;
  const { title, facts, findings } = grokkingText(result);
  context.print(
    terminalStyle(context.color).bold(title),
    ...facts,
    '',
    ...chart({ ...summary, operations, planned: summary.iterations.length }, context),
    '',
    ...findings,
    '',
    `${summary.seconds.toFixed(1)} s`,
  );
  await finish(
    { ...summary, ...(report !== undefined && { report }) },
    [
      {
        path: report,
        label: 'Report',
        content: async () => htmlPage({ ...(await grokkingPage(result)), commandLine }),
      },
    ],
    context,
  );
};

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
