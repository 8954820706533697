import { basename } from 'node:path';
import { type ConvModelDescription, ConvRFMClassifier, convRfm } from '@agop/conv-rfm';
import { FormatError, formatBytes } from '@agop/core';
import { decodeModel, type TaskDescription } from '@agop/estimators';
import { imageKernelWords } from '@agop/experiments/filters';
import { formatPercent } from '@agop/report';
import { terminalStyle } from '@agop/report/terminal';
import { openBackend } from '../backends/backends.ts';
import { type ImageSize, readModelImages, refuseForImages, sizeText } from './model-images.ts';
import { type Inspection, inFile, type ModelFile, type ModelKind } from './model-kind.ts';
import { classPredictions } from './predictions.ts';

/** Models of `agop conv`. */
export const imageModel: ModelKind = {
  format: convRfm.format.name,
  open: (file) => {
    const { description, tensors } = decodeModel(convRfm.format, file.bytes);
    const { dtype = '', shape = [] } = tensors['images'] ?? {};
    const [images = 0, height = 0, width = 0, channels = 0] = shape;
    const image = { height, width, channels };
    return {
      inspect: async () => inspect(file, description, { images, image, dtype }),
      predict: async (path, options, context) => {
        refuseForImages(options);
        const { data, shape, labels: truth } = await readModelImages(path, image, context);
        if (description.task !== 'classification') {
          throw new FormatError(
            'This model is a regression of images, saved by a program: use ConvRFMRegressor.load of @agop/conv-rfm.',
          );
        }
        using backend = await openBackend(options, context);
        const loading = { backend, ...(options.dtype && { dtype: options.dtype }) };
        using model = await inFile(file.path, () => ConvRFMClassifier.load<number>(file.bytes, loading));
        const onProgress = (fraction: number): void =>
          context.status(`Predicting ${shape[0]} images (${formatPercent(fraction)})`);
        const labels = await model.predict({ data, shape }, { onProgress });
        if (!options.probabilities) return classPredictions(labels, 'class', truth, 'images');
        const values = await model.predictProba({ data, shape }, { onProgress });
        return classPredictions(labels, 'class', truth, 'images', { classes: model.classes, values });
      },
    };
  },
};

/** What the tensors of a file say of its training images. */
interface TrainingImages {
  readonly images: number;
  readonly image: ImageSize;
  readonly dtype: string;
}

function inspect(
  { path, bytes }: ModelFile,
  { task, classes, kernel, layers, best, history }: TaskDescription & ConvModelDescription,
  { images, image, dtype }: TrainingImages,
): Inspection {
  const [first] = layers;
  const round = `${best.layer > 0 ? `layer ${best.layer}, ` : ''}round ${best.iteration}`;
  const scores = [
    ['validation', best.scores?.accuracy],
    ['test', best.test?.accuracy],
  ] as const;
  return {
    json: {
      file: path,
      bytes: bytes.length,
      kind: 'conv',
      task,
      ...(classes !== undefined && { classes }),
      images,
      image,
      dtype,
      kernel,
      featureLayers: layers,
      best,
      rounds: history,
    },
    lines: ({ color }) => [
      terminalStyle(color).bold(`${basename(path)}: ${task} of images by ConvRFM (agop conv)`),
      `${images} training images of ${sizeText(image)}, ${dtype}, ${formatBytes(bytes.length)}`,
      `${imageKernelWords(kernel)}, ridge ${best.ridge}`,
      ...(first
        ? [
            `${layers.length} feature ${layers.length === 1 ? 'layer' : 'layers'} below the kernel, activation ${first.activation}`,
          ]
        : []),
      `${round}${best.layer === 0 && best.iteration === 0 ? ' (the fixed kernel)' : ''} of ${history.length} fits`,
      ...scores.flatMap(([name, accuracy]) =>
        typeof accuracy === 'number' ? [`accuracy on ${name} images: ${formatPercent(accuracy)}`] : [],
      ),
      ...(classes === undefined ? [] : [`classes: ${classes.join(', ')}`]),
    ],
  };
}
