import { basename } from 'node:path';
import { type Backend, type FloatDType, FormatError, formatBytes } from '@agop/core';
import type { Label, TablePreprocessor } from '@agop/data';
import { type DeepDescription, DeepRFM, deepRFM } from '@agop/deep-rfm';
import { decodeModel } from '@agop/estimators';
import { kernelWords, mapWords } from '@agop/experiments/collapse';
import { refuse } from '@agop/experiments/options';
import { savedPreprocessor } from '@agop/experiments/tabular';
import { formatPercent } from '@agop/report';
import { terminalStyle } from '@agop/report/terminal';
import { openBackend } from '../backends/backends.ts';
import { savedImageSize } from './attachments.ts';
import { columnLines, columnsOf } from './columns.ts';
import { type ImageSize, readModelImages, refuseForImages, sizeText } from './model-images.ts';
import { type Inspection, inFile, type ModelFile, type ModelKind } from './model-kind.ts';
import type { PredictOptions } from './predict-options.ts';
import { predictTable } from './predict-table.ts';
import { classPredictions } from './predictions.ts';

/** Models of `agop collapse`: on a table, with its preprocessing, or on images. */
export const networkModel: ModelKind = {
  format: deepRFM.format.name,
  open: (file) => {
    const { description, attachments } = decodeModel(deepRFM.format, file.bytes);
    const preprocessor =
      attachments['preprocessing'] === undefined ? undefined : savedPreprocessor(attachments, file.path);
    const image = savedImageSize(attachments);
    const load = (backend: Backend, dtype?: FloatDType) =>
      inFile(file.path, () => DeepRFM.load<Label>(file.bytes, { backend, ...(dtype && { dtype }) }));
    return {
      predict: async (path, options, context) => {
        if (image) refuseForImages(options);
        refuseProbabilities(options);
        if (preprocessor) return predictTable(path, preprocessor, load, options, context);
        if (!image) throw useless(file);
        const { data, shape, labels } = await readModelImages(path, image, context);
        const [count, height, width, channels] = shape;
        using backend = await openBackend(options, context);
        using model = await load(backend, options.dtype);
        context.status(`Predicting ${count} images`);
        const predicted = await model.predict({ data, shape: [count, height * width * channels] });
        return classPredictions(predicted, 'class', labels, 'images');
      },
      inspect: async (options, context) => {
        using backend = await openBackend(options, context);
        using model = await load(backend);
        return await inspect(file, model, description, preprocessor, image);
      },
    };
  },
};

function refuseProbabilities(options: PredictOptions): void {
  refuse(options, ['probabilities'], ['a model of agop collapse']);
}

function useless({ path }: ModelFile): FormatError {
  return new FormatError(
    `${path} was saved by a program, without the preprocessing of a table or the size of images: use DeepRFM.load of @agop/deep-rfm.`,
  );
}

async function inspect(
  { path, bytes }: ModelFile,
  model: DeepRFM<Label>,
  { kernel, featureMap, ridge, iterations }: DeepDescription,
  preprocessor: TablePreprocessor | undefined,
  image: ImageSize | undefined,
): Promise<Inspection> {
  const { shape } = await model.projection(1);
  const features = shape[0] as number;
  const layers = model.layers.map(({ layer, width, train, heldOut }) => ({
    layer,
    width,
    nc1: train.projected.nc1.ratio,
    accuracy: heldOut?.accuracy ?? null,
  }));
  const { classes, depth } = model;
  const inputAccuracy = model.input.heldOut;
  return {
    json: {
      file: path,
      bytes: bytes.length,
      kind: 'collapse',
      task: 'classification',
      ...(preprocessor && { target: preprocessor.targetNames }),
      classes,
      features,
      ...(image && { image }),
      depth,
      kernel,
      map: featureMap,
      ridge,
      iterations,
      inputAccuracy,
      layers,
      ...(preprocessor && { columns: columnsOf(preprocessor), leftOut: preprocessor.leftOut }),
    },
    lines: ({ color }) => {
      const style = terminalStyle(color);
      const size = image ? ` (images of ${sizeText(image)})` : '';
      const of = preprocessor ? ` of ${preprocessor.targetNames.join(', ')}` : '';
      return [
        style.bold(`${basename(path)}: classification${of} by a Deep RFM (agop collapse)`),
        `${depth} ${depth === 1 ? 'layer' : 'layers'} of ${mapWords(featureMap)}; ${features} features${size}, ${formatBytes(bytes.length)}`,
        `${kernelWords(kernel)}, ridge ${ridge}`,
        `classes: ${classes.join(', ')}`,
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
      ];
    },
  };
}
