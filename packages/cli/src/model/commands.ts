import { wording } from '@agop/core';
import { refuse } from '@agop/experiments/options';
import type { CommandRun } from '../command.ts';
import { checkOutputs } from '../output/output-files.ts';
import type { InspectOptions } from './inspect-options.ts';
import { openModel } from './open-model.ts';
import type { PredictOptions } from './predict-options.ts';
import { tellPredictions } from './predictions.ts';

/** `agop predict`: applies a saved model to a table or to images. */
export const runPredict: CommandRun<PredictOptions> = async ({ args, options }, context) => {
  const [modelPath = '', dataPath = ''] = args;
  await checkOutputs({ output: options.output }, [modelPath, dataPath], { output: 'predictions' });
  const model = await openModel(modelPath);
  if (!model.isChosen) {
    const what = wording`this model: models of ${'agop fit'} whose settings were chosen have them`;
    refuse(options, ['interval', 'explain'], what);
  }
  if (model.isRegression) {
    refuse(
      options,
      ['probabilities', 'proba'],
      ['this model: it predicts numbers, and only classes have probabilities'],
    );
  }
  const own = { ...options, probabilities: options.probabilities || options.proba };
  await tellPredictions(await model.predict(dataPath, own, context), own, context);
};

/** `agop inspect`: says what a saved model is, or what the layers of a network use. */
export const runInspect: CommandRun<InspectOptions> = async (request, context) => {
  const { args, options } = request;
  const path = args[0] ?? '';
  if (path.endsWith('.json')) {
    const { runInspectNetwork } = await import('./inspect-network.ts');
    return runInspectNetwork(request, context);
  }
  const ofNetworks = { ...options, ignore: options.ignore[0] };
  refuse(
    ofNetworks,
    ['data', 'target', 'ignore', 'report'],
    wording`${path}: it needs the model.json of a network of TensorFlow.js`,
  );
  const model = await openModel(path);
  const { json, lines } = await model.inspect(options, context);
  context.json(json);
  context.print(...lines(context));
};
