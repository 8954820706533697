import { basename } from 'node:path';
import { formatBytes } from '@agop/core';
import { kernelWords, mapWords } from '@agop/experiments/collapse';
import { formatPercent, terminalStyle } from '@agop/report';
import { openBackend } from '../backends/backends.ts';
import type { Context } from '../command.ts';
import type { OptionValues } from '../options.ts';
import type { SavedNetwork } from './open-model.ts';
import { columnLines, columnsOf } from './table-columns.ts';

/** Says what a model of `agop collapse` is. */
export async function inspectNetwork(
  path: string,
  { kind, description, preprocessor, image, bytes, load }: SavedNetwork,
  options: OptionValues,
  context: Context,
): Promise<void> {
  using backend = await openBackend(options);
  using model = await load(backend, {});
  const { kernel, featureMap, ridge, iterations } = description;
  const { shape } = await model.projection(1);
  const features = shape[0] as number;
  const layers = model.layers.map(({ layer, width, train, heldOut }) => ({
    layer,
    width,
    nc1: train.projected.nc1.ratio,
    accuracy: heldOut?.accuracy ?? null,
  }));
  context.json({
    file: path,
    bytes,
    kind,
    task: 'classification',
    ...(preprocessor && { target: preprocessor.targetNames }),
    classes: model.classes,
    features,
    ...(image && { image }),
    depth: model.depth,
    kernel,
    map: featureMap,
    ridge,
    iterations,
    inputAccuracy: model.input.heldOut,
    layers,
    ...(preprocessor && { columns: columnsOf(preprocessor), leftOut: preprocessor.leftOut }),
  });

  const style = terminalStyle(context.color);
  const size = image && ` (images of ${image.height} x ${image.width} x ${image.channels})`;
  const of = preprocessor ? ` of ${preprocessor.targetNames.join(', ')}` : '';
  context.print(
    style.bold(`${basename(path)}: classification${of} by a Deep RFM (agop collapse)`),
    `${model.depth} ${model.depth === 1 ? 'layer' : 'layers'} of ${mapWords(featureMap)}; ${features} features${size ?? ''}, ${formatBytes(bytes)}`,
    `${kernelWords(kernel)}, ridge ${ridge}`,
    `classes: ${model.classes.join(', ')}`,
    '',
    'layer   width   NC1 projected   accuracy',
    ...layers.map(({ layer, width, nc1, accuracy }) =>
      [
        String(layer).padStart(5),
        String(width).padStart(8),
        nc1.toExponential(2).padStart(16),
        (accuracy === null ? '' : formatPercent(accuracy)).padStart(11),
      ].join(''),
    ),
    ...(preprocessor ? ['', style.bold('Columns it needs'), ...columnLines(preprocessor)] : []),
  );
}
