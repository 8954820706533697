import { freemem } from 'node:os';
import {
  checkGrokkingMemory,
  type GrokkingIteration,
  type GrokkingResult,
  type ModularTask,
  modularTask,
  runGrokking,
} from '@agop/grokking';
import { formatNumber, formatPercent, terminalStyle } from '@agop/report';
import { openBackend } from '../backends/backends.ts';
import type { CommandRun, Context } from '../command.ts';
import { sayOptions } from '../output/option-words.ts';
import { checkOutputs, finish } from '../output/output-files.ts';
import { terminalChart } from './chart.ts';
import { grokWords } from './option-words.ts';
import { grokReport } from './report.ts';
import { grokSettings } from './settings.ts';
import { earlyEnd, explainSingularFit } from './singular-fit.ts';
import { type GrokSummary, grokSummary } from './summary.ts';
import { verdict } from './words.ts';

/** `agop grok`: runs a Recursive Feature Machine on modular arithmetic and shows how it learns. */
export const runGrok: CommandRun = (request, context) =>
  grokTask(request, context).catch(sayOptions(grokWords));

const grokTask: CommandRun = async ({ options, commandLine }, context) => {
  const settings = grokSettings(options);
  await checkOutputs(options);
  using backend = await openBackend(options);
  const { sizes, kernel, iterations, ridge, dtype } = settings;
  const freeHostBytes = freemem();
  // Tables alone may take minutes and more memory than there is.
  checkGrokkingMemory({ backend, sizes, dtype, iterations, freeHostBytes });
  const task = modularTask(settings.task);
  const soFar: GrokkingIteration[] = [];
  const result = await runGrokking({
    backend,
    task,
    kernel,
    iterations,
    ridge,
    dtype,
    onIteration: (iteration) => {
      soFar.push(iteration);
      tellIteration(soFar, task, iterations, context);
    },
  }).catch(explainSingularFit(settings));
  context.live([]); // The curves come once more, on standard output and with the alignment.
  const report = options.text('report');
  const summary = grokSummary(settings, backend, result, report, earlyEnd(settings, result));
  printRun(summary, result, context);
  await finish(
    summary,
    [
      {
        path: report,
        label: 'Report',
        content: () => grokReport({ summary, result, shown: settings.shown, commandLine }),
      },
    ],
    context,
  );
};

function tellIteration(
  soFar: readonly GrokkingIteration[],
  task: ModularTask,
  iterations: number,
  context: Context,
): void {
  const { iteration, testAccuracy, testLoss, seconds } = soFar.at(-1) as GrokkingIteration;
  const title = `${task.operations.map(({ formula }) => formula).join(' and ')} mod ${task.p}`;
  context.live([
    terminalStyle(context.color).bold(title),
    ...terminalChart({ task, iterations: soFar }, iterations, context),
  ]);
  const left = iterations - soFar.length;
  context.progress(
    `Iteration ${iteration} of ${iterations - 1}: test accuracy ${formatPercent(testAccuracy)}, test loss ${formatNumber(testLoss)}`,
    left > 0 ? (seconds / soFar.length) * left : undefined,
  );
}

function printRun(summary: GrokSummary, result: GrokkingResult, context: Context): void {
  const { iterations } = result;
  const style = terminalStyle(context.color);
  const { operations, p, trainingPairs, testPairs, kernel, ridge, device, dtype, seconds } = summary;
  const parameters = Object.entries(kernel.parameters).map(([name, value]) => `, ${name} ${value}`);
  context.print(
    style.bold(`${operations.join(' and ')} mod ${p}`),
    `${trainingPairs} pairs for training, ${testPairs} for testing`,
    `${kernel.name} kernel${parameters.join('')}, ${ridge === 0 ? 'no ridge' : `ridge ${ridge}`} · ${device}, ${dtype}`,
    '',
  );
  context.print(
    ...terminalChart(result, iterations.length, context),
    '',
    ...verdict(result, summary.endedEarly),
  );
  context.print('', `${seconds.toFixed(1)} s`);
}
