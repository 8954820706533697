import { basename } from 'node:path';
import { type ConvProgressEvent, ConvRFMClassifier } from '@agop/conv-rfm';
import { AgopError, type Backend, formatBytes, OutOfMemoryError } from '@agop/core';
import { formatPercent, terminalStyle } from '@agop/report';
import { openBackend } from '../backends/backends.ts';
import type { CommandRun, Context } from '../command.ts';
import type { OptionValues } from '../options.ts';
import { type ConvData, readConvData } from './data.ts';
import { convReport } from './report.ts';
import { type ConvSettings, convSettings } from './settings.ts';
import { type ConvRun, type ConvSummary, convRun, convSummary, kernelWords } from './summary.ts';

/** `agop conv`: learns filters for images, and shows them. */
export const runConv: CommandRun = async ({ options, commandLine }, context) => {
  const settings = convSettings(options);
  const [firstSeed] = settings.seeds as [number];
  context.status('Reading the images');
  const data = await readConvData(settings, options, firstSeed);
  using backend = await openBackend(options);
  const runs: ConvRun[] = [];
  let model: ConvRFMClassifier<number> | undefined;
  try {
    for (const seed of settings.seeds) {
      const images = seed === firstSeed ? data : await readConvData(settings, options, seed);
      const fitted = await fitOnce(settings, images, backend, seed, context);
      runs.push(fitted.run);
      // The first run is what is saved and shown.
      if (model) fitted.model.dispose();
      else model = fitted.model;
    }
    if (!model) return;
    const summary = convSummary(settings, data, backend, model, runs, options.text('report'));
    printSummary(summary, context);
    await writeFiles({ summary, model, data, backend, commandLine }, options, context);
    context.json(summary);
  } finally {
    model?.dispose();
  }
};

async function fitOnce(
  { model: options, validation, seeds }: ConvSettings,
  { training, test }: ConvData,
  backend: Backend,
  seed: number,
  context: Context,
): Promise<{ readonly model: ConvRFMClassifier<number>; readonly run: ConvRun }> {
  const model = new ConvRFMClassifier<number>({
    backend,
    ...options,
    seed,
    onWarning: (text) => context.note(text),
  });
  const started = performance.now();
  const label = seeds.length > 1 ? `Seed ${seed}, ` : '';
  try {
    await model.fit({ data: training.data, shape: training.shape }, training.labels, {
      ...(validation !== undefined && { validation }),
      ...(test && { test: { x: { data: test.data, shape: test.shape }, y: test.labels } }),
      onProgress: (event) => {
        const text = label + progressText(event);
        if (context.watched) context.progress(text, event.secondsLeft);
      },
      onIteration: ({ layer, iteration, iterations, records, secondsLeft }) => {
        const { test: scores = records.at(-1)?.scores } = records.at(-1) ?? {};
        const accuracy = scores?.accuracy === undefined ? '' : `: accuracy ${formatPercent(scores.accuracy)}`;
        const where =
          layer > 0 ? `${layer} feature ${layer === 1 ? 'layer' : 'layers'}, iteration` : 'iteration';
        context.progress(`${label}${where} ${iteration} of ${iterations}${accuracy}`, secondsLeft);
      },
    });
  } catch (error) {
    model.dispose();
    throw error instanceof OutOfMemoryError ? withAdvice(error) : error;
  }
  return { model, run: convRun(model, seed, (performance.now() - started) / 1000) };
}

const phases: Readonly<Record<ConvProgressEvent['phase'], string>> = {
  kernel: 'kernel of the training images',
  solve: 'solving',
  validation: 'validation images',
  test: 'test images',
  gradients: 'gradients by patches',
};

function progressText({ layer, iteration, phase, fraction }: ConvProgressEvent): string {
  const where = layer > 0 ? `layer ${layer}, iteration ${iteration}` : `iteration ${iteration}`;
  return `${where}: ${phases[phase]} (${formatPercent(fraction)} of all)`;
}

function withAdvice(error: OutOfMemoryError): AgopError {
  return new AgopError('OUT_OF_MEMORY', `${error.message} See --limit, --dtype and --memory.`, {
    cause: error,
  });
}

function printSummary(summary: ConvSummary, context: Context): void {
  const style = terminalStyle(context.color);
  const { image, kernel, cost, rounds, runs, seconds } = summary;
  const held = summary.validationImages > 0 ? `, ${summary.validationImages} for validation` : '';
  const spread =
    runs.length > 1
      ? [`Means of ${runs.length} runs with seeds ${runs.map(({ seed }) => seed).join(', ')}:`]
      : [];
  const layered = rounds.some(({ layer }) => layer > 0);
  context.print(
    style.bold(`ConvRFM on ${summary.data}`),
    `${summary.trainingImages} images of ${image.height} x ${image.width} x ${image.channels} for training${held}, ${summary.testImages} for testing; ${summary.classes} classes`,
    kernelWords(kernel),
    `${summary.device}, ${summary.dtype}; a kernel matrix visits ${cost.pairPositions.toExponential(1)} pairs of patches and needs ${formatBytes(cost.bytes)}`,
    '',
    ...spread,
    `${layered ? 'layer ' : ''}round   accuracy       mse     ridge${rounds[0]?.validation ? '   validation' : ''}`,
    ...rounds.map((round) =>
      [
        layered ? String(round.layer).padStart(5) : '',
        String(round.iteration).padStart(layered ? 6 : 5),
        `${formatPercent(round.accuracy)}${round.accuracyDeviation === undefined ? '' : ` ± ${formatPercent(round.accuracyDeviation)}`}`.padStart(
          11,
        ),
        round.mse.toFixed(4).padStart(10),
        round.ridge.toExponential(0).padStart(10),
        round.validation ? formatPercent(round.validation.accuracy).padStart(13) : '',
      ].join(''),
    ),
    '',
    `Round 0 is the fixed kernel.${summary.validationImages > 0 ? ` Kept: round ${runs[0]?.rounds[runs[0].best]?.iteration}, by validation.` : ''}`,
    `${seconds.toFixed(1)} s`,
  );
}

interface Outcome {
  readonly summary: ConvSummary;
  readonly model: ConvRFMClassifier<number>;
  readonly data: ConvData;
  readonly backend: Backend;
  readonly commandLine: string;
}

async function writeFiles(outcome: Outcome, options: OptionValues, context: Context): Promise<void> {
  const [output, report] = [options.text('output'), options.text('report')];
  if (output !== undefined) {
    context.status(`Writing ${basename(output)}`);
    await context.writeFile(output, await outcome.model.toBytes());
    context.print(`Model:  ${output}`);
  }
  if (report !== undefined) {
    context.status(`Writing ${basename(report)}`);
    await context.writeFile(report, await convReport(outcome));
    context.print(`Report: ${report}`);
  }
}
