import { basename } from 'node:path';
import { formatBytes } from '@agop/core';
import { formatPercent, terminalStyle } from '@agop/report';
import type { Context } from '../command.ts';
import { kernelWords } from '../conv/summary.ts';
import type { SavedConvModel } from './open-model.ts';

/** Says what a model of `agop conv` is. */
export function inspectConv(
  path: string,
  { kind, description, images, image, dtype, bytes }: SavedConvModel,
  context: Context,
): void {
  const { task, classes, kernel, layers, best, history } = description;
  context.json({
    file: path,
    bytes,
    kind,
    task,
    ...(classes !== undefined && { classes }),
    images,
    image,
    dtype,
    kernel,
    featureLayers: layers,
    best,
    rounds: history,
  });

  const style = terminalStyle(context.color);
  const round = `${best.layer > 0 ? `layer ${best.layer}, ` : ''}round ${best.iteration}`;
  const scores = [
    ['validation', best.scores?.accuracy],
    ['test', best.test?.accuracy],
  ] as const;
  context.print(
    style.bold(`${basename(path)}: ${task} of images by ConvRFM (agop conv)`),
    `${images} training images of ${image.height} x ${image.width} x ${image.channels}, ${dtype}, ${formatBytes(bytes)}`,
    `${kernelWords(kernel)}, ridge ${best.ridge}`,
    ...(layers.length > 0
      ? [
          `${layers.length} feature ${layers.length === 1 ? 'layer' : 'layers'} below the kernel, activation ${layers[0]?.activation}`,
        ]
      : []),
    `${round}${best.layer === 0 && best.iteration === 0 ? ' (the fixed kernel)' : ''} of ${history.length} fits`,
    ...scores.flatMap(([name, accuracy]) =>
      typeof accuracy === 'number' ? [`accuracy on ${name} images: ${formatPercent(accuracy)}`] : [],
    ),
    ...(classes === undefined ? [] : [`classes: ${classes.join(', ')}`]),
  );
}
