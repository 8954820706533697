import { type ConvProgressEvent, ConvRFMClassifier, imageKernelCost } from '@agop/conv-rfm';
import { type Backend, formatBytes } from '@agop/core';
import { formatPercent, terminalStyle } from '@agop/report';
import { openBackend } from '../backends/backends.ts';
import type { CommandRequest, CommandRun, Context } from '../command.ts';
import { inOptionWords, sayOptions } from '../output/option-words.ts';
import { checkOutputs, finish } from '../output/output-files.ts';
import { type ConvData, readConvData } from './data.ts';
import { convReport } from './report.ts';
import { scoreLines } from './score-table.ts';
import { type ConvSettings, convSettings } from './settings.ts';
import { type ConvRun, type ConvSummary, convRun, convSummary, kernelWords } from './summary.ts';
import { convWords, isLayered, keptLine, nothingHeldOut, roundsExplained, scoredImages } from './words.ts';

/** How often the progress is told where no one is watching, in seconds. */
const quietSeconds = 10;

/** `agop conv`: learns filters for images, and shows them. */
export const runConv: CommandRun = (request, context) =>
  learnFilters(request, context).catch(sayOptions(convWords));

async function learnFilters({ options, commandLine }: CommandRequest, context: Context): Promise<void> {
  const settings = convSettings(options);
  const [firstSeed] = settings.seeds as [number];
  await checkOutputs(options);
  context.status('Reading the images');
  const data = await readConvData(settings, options, firstSeed);
  if (data.testHeldOut) {
    context.note(
      `agop: ${options.text('data')} has no test images: ${data.test?.shape[0]} of its images, a fifth of each class, are held out for testing.`,
    );
  }
  using backend = await openBackend(options);
  if (settings.model.kernel.pooling === 'average') tellPairs(settings, data, backend, context);
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
    const [kept, report] = [model, options.text('report')];
    const summary = convSummary(settings, data, backend, kept, runs, report);
    printSummary(summary, context);
    await finish(
      summary,
      [
        { path: options.text('output'), label: 'Model', content: () => kept.toBytes() },
        {
          path: report,
          label: 'Report',
          content: () => convReport({ summary, model: kept, data, backend, commandLine }),
        },
      ],
      context,
    );
  } finally {
    model?.dispose();
  }
}

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
    onWarning: (text) => context.note(`agop: ${inOptionWords(text, convWords)}`),
  });
  const started = performance.now();
  let told = started;
  const label = seeds.length > 1 ? `Seed ${seed}, ` : '';
  try {
    await model.fit({ data: training.data, shape: training.shape }, training.labels, {
      ...(validation !== undefined && { validation }),
      ...(test && { test: { x: { data: test.data, shape: test.shape }, y: test.labels } }),
      onProgress: (event) => {
        const now = performance.now();
        if (!context.watched && now < told + 1000 * quietSeconds) return;
        told = now;
        context.progress(label + progressText(event), event.secondsLeft);
      },
      onIteration: ({ layer, iteration, iterations, records, secondsLeft }) => {
        const { test: scores = records.at(-1)?.scores } = records.at(-1) ?? {};
        const accuracy = scores?.accuracy === undefined ? '' : `: accuracy ${formatPercent(scores.accuracy)}`;
        told = performance.now();
        const where = options.deep ? `layer ${layer}, round` : 'round';
        const left = secondsLeft > 0 ? secondsLeft : undefined;
        context.progress(`${label}${where} ${iteration} of ${iterations}${accuracy}`, left);
      },
    });
  } catch (error) {
    model.dispose();
    throw error;
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
  const where = layer > 0 ? `layer ${layer}, round ${iteration}` : `round ${iteration}`;
  return `${where}: ${phases[phase]} (${formatPercent(fraction)} of all)`;
}

/** Average pooling compares all pairs of positions: people should know before it begins. */
function tellPairs(
  { model: { kernel } }: ConvSettings,
  { training }: ConvData,
  backend: Backend,
  context: Context,
): void {
  const [count, height, width, channels] = training.shape;
  const pairs = (pooling: 'average' | 'none'): number =>
    imageKernelCost(
      backend,
      { ...kernel, pooling },
      { size: { height, width, channels }, left: count, dtype: 'float32' },
    ).pairPositions;
  const all = pairs('average');
  context.note(
    `agop: --pooling average compares all pairs of positions: a kernel matrix of ${count} images visits ${all.toExponential(1)} pairs of patches, ${(all / pairs('none')).toFixed(0)} times as many as without. The time left is told as the work goes on; --limit makes it less.`,
  );
}

function printSummary(summary: ConvSummary, context: Context): void {
  const style = terminalStyle(context.color);
  const { image, kernel, cost, runs, seconds } = summary;
  const held = summary.validationImages > 0 ? `, ${summary.validationImages} for validation` : '';
  const spread =
    runs.length > 1
      ? [`Means of ${runs.length} runs with seeds ${runs.map(({ seed }) => seed).join(', ')}:`]
      : [];
  const explained = [roundsExplained(isLayered(summary)), keptLine(summary)].filter((text) => text !== '');
  context.print(
    style.bold(`ConvRFM on ${summary.data}`),
    `${summary.trainingImages} images of ${image.height} x ${image.width} x ${image.channels} for training${held}, ${summary.testImages} for testing${summary.testHeldOut ? ' (held out of the same files)' : ''}; ${summary.classes} classes`,
    kernelWords(kernel),
    `${summary.device}, ${summary.dtype}; a kernel matrix visits ${cost.pairPositions.toExponential(1)} pairs of patches and needs ${formatBytes(cost.bytes)}`,
    '',
    ...spread,
    ...scoreLines(summary),
    '',
    explained.join(' '),
    ...(scoredImages(summary) === undefined ? [nothingHeldOut] : []),
    `${seconds.toFixed(1)} s`,
  );
}
