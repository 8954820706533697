import { AgopError, OutOfMemoryError } from '@agop/core';
import type { Label } from '@agop/data';
import { DeepRFM, type LayerEvent } from '@agop/deep-rfm';
import { formatPercent, terminalStyle } from '@agop/report';
import { openBackend } from '../backends/backends.ts';
import type { CommandRequest, CommandRun, Context } from '../command.ts';
import { sayOptions } from '../output/option-words.ts';
import { checkOutputs, finish } from '../output/output-files.ts';
import { type ChartLayer, terminalChart } from './chart.ts';
import { readCollapseData } from './data.ts';
import { gramPictures } from './gram.ts';
import { collapseReport } from './report.ts';
import { collapseSettings } from './settings.ts';
import { type CollapseSummary, collapseSummary } from './summary.ts';
import { collapseWords, settingsLine, verdict } from './words.ts';

/** `agop collapse`: builds a Deep RFM and shows how its classes collapse, layer by layer. */
export const runCollapse: CommandRun = (request, context) =>
  buildNetwork(request, context).catch(sayOptions(collapseWords));

async function buildNetwork({ options, commandLine }: CommandRequest, context: Context): Promise<void> {
  const settings = collapseSettings(options);
  await checkOutputs(options);
  context.status('Reading the data');
  const data = await readCollapseData(options);
  if (data.remark !== undefined) context.note(`agop: ${data.remark}`);
  using backend = await openBackend(options);
  using model = new DeepRFM<Label>({ backend, ...settings });

  context.status('Fitting a kernel machine to the input');
  const started = performance.now();
  const soFar: ChartLayer[] = [];
  await model
    .fit(data.training.x, data.training.y, {
      validation: data.held,
      onLayer: (event) => tellLayer(event, soFar, context),
    })
    .catch(sayHowToFit);
  const seconds = (performance.now() - started) / 1000;
  context.live([]); // The curves come once more, on standard output.

  const report = options.text('report');
  const summary = collapseSummary({ data, settings, backend, model, seconds, report });
  printSummary(summary, soFar, context);
  await finish(
    summary,
    [
      {
        path: options.text('output'),
        label: 'Model',
        content: () => model.toBytes({ attachments: data.attachments }),
      },
      {
        path: report,
        label: 'Report',
        content: async () =>
          collapseReport({ summary, grams: await gramPictures(model, data.training), commandLine }),
      },
    ],
    context,
  );
}

/** @throws {AgopError} always; where memory ran out, it names the options that help */
function sayHowToFit(error: unknown): never {
  if (!OutOfMemoryError.isInstance(error)) throw error;
  throw new AgopError(
    'OUT_OF_MEMORY',
    `${error.message} A layer needs about three times rows squared x 8 bytes (4 in float32): see --samples and --dtype.`,
    { cause: error },
  );
}

function tellLayer(
  { layer, depth, train, heldOut, secondsLeft }: LayerEvent,
  soFar: ChartLayer[],
  context: Context,
): void {
  soFar.push({
    nc1: train.projected.nc1.ratio,
    nc2: train.projected.nc2.distance,
    heldOutNc1: heldOut?.projected.nc1.ratio ?? Number.NaN,
    accuracy: heldOut?.accuracy ?? Number.NaN,
  });
  context.live(terminalChart(soFar, depth, context));
  const accuracy = formatPercent(heldOut?.accuracy ?? Number.NaN);
  context.progress(
    `Layer ${layer} of ${depth}: NC1 ${train.projected.nc1.ratio.toExponential(1)}, accuracy ${accuracy}`,
    layer < depth ? secondsLeft : undefined,
  );
}

function printSummary(summary: CollapseSummary, layers: readonly ChartLayer[], context: Context): void {
  const style = terminalStyle(context.color);
  const { data, trainingRows, heldOutRows, features, classes, device, dtype, seconds } = summary;
  context.print(
    style.bold(`Neural collapse of Deep RFM on ${data}`),
    `${trainingRows} training rows, ${heldOutRows} held out; ${features} features, ${classes.length} classes`,
    `${settingsLine(summary)} · ${device}, ${dtype}`,
    '',
    ...terminalChart(layers, summary.depth, context),
    '',
    'layer     NC1: input  projected   features  NC2: projected     NC4  accuracy',
    ...summary.layers.map(({ layer, nc1, nc2, nc4, accuracy }) =>
      [
        String(layer).padStart(5),
        nc1.input.toExponential(2).padStart(15),
        nc1.projected.toExponential(2).padStart(11),
        nc1.features.toExponential(2).padStart(11),
        nc2.projected.toExponential(2).padStart(16),
        formatPercent(nc4).padStart(8),
        formatPercent(accuracy).padStart(10),
      ].join(''),
    ),
    '',
    ...verdict(summary),
    '',
    `${seconds.toFixed(1)} s`,
  );
}
