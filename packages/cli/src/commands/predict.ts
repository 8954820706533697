import { computeOptions } from '../backends/backends.ts';
import type { Command } from '../command.ts';
import { tableOptions } from '../table/table-options.ts';

export const predict: Command = {
  usage: 'predict <model> <data>',
  description:
    'Predict the rows of a CSV file with a saved model, or images with one of agop conv or of collapse on images; the answer is CSV',
  options: [
    {
      flags: '-o, --output <file>',
      description: 'Write the predictions to a file (default: standard output)',
    },
    { flags: '--probabilities', description: 'One more column for each class' },
    {
      flags: '--unknown <what>',
      description: 'error or ignore: what happens to new categories (default: as in fit)',
    },
    ...computeOptions('float32 or float64 (default: that of the model)'),
    ...tableOptions,
    { flags: '--json', description: 'Print one JSON object to standard output, and nothing else there' },
  ],
  examples: [
    'predict houses.safetensors new.csv --output prices.csv',
    'predict digits.safetensors data/mnist --probabilities',
  ],
  load: async () => (await import('../model/run-predict.ts')).runPredict,
};
