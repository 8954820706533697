import { command } from '../command.ts';
import { predictOptions } from '../model/predict-options.ts';

export const predict = command({
  usage: 'predict <model> <data>',
  description:
    'Predict the rows of a CSV file with a saved model, or images with one of agop conv or of collapse on images; the answer is CSV',
  options: predictOptions,
  examples: [
    'predict houses.safetensors new.csv --output prices.csv',
    'predict digits.safetensors data/mnist --probabilities',
  ],
  load: async () => (await import('../model/commands.ts')).runPredict,
});
