import { FormatError } from '@agop/core';
import type { CommandRequest, CommandRun, Context } from '../command.ts';
import { checkOutputs } from '../output/output-files.ts';
import { openModel } from './open-model.ts';
import { predictImages } from './predict-images.ts';
import { predictTable } from './predict-table.ts';
import { type Predictions, tellPredictions } from './predictions.ts';

/** `agop predict`: applies a saved model to a table or to images. */
export const runPredict: CommandRun = async (request, context) => {
  await checkOutputs(request.options, ['output']);
  await tellPredictions(await predict(request, context), request.options, context);
};

async function predict({ args, options }: CommandRequest, context: Context): Promise<Predictions> {
  const [modelPath, dataPath] = args as [string, string];
  const saved = await openModel(modelPath);
  if (saved.kind === 'conv') return predictImages(dataPath, saved, options, context);
  if (saved.preprocessor !== undefined) {
    return predictTable(dataPath, saved, saved.preprocessor, options, context);
  }
  if (saved.kind === 'collapse' && saved.image !== undefined)
    return predictImages(dataPath, saved, options, context);
  throw new FormatError(
    `${modelPath} was saved by a program, without the preprocessing of a table or the size of images: use DeepRFM.load of @agop/deep-rfm.`,
  );
}
