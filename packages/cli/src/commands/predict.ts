import { choice, flag, text } from '@agop/core/options';
import { backendOptions, dtypeOf } from '../backends/backends.ts';
import { oldCommand } from '../command.ts';
import { jsonOption } from '../output/output-options.ts';
import { tableOptions } from '../table/table-options.ts';

export const predict = oldCommand({
  usage: 'predict <model> <data>',
  description:
    'Predict the rows of a CSV file with a saved model, or images with one of agop conv or of collapse on images; the answer is CSV',
  options: {
    output: text({
      description: 'Write the predictions to a file',
      defaultWords: 'standard output',
      short: 'o',
      placeholder: 'file',
    }),
    probabilities: flag({ description: 'One more column for each class' }),
    unknown: choice(['error', 'ignore'], {
      description: '{choices}: what happens to new categories',
      defaultWords: 'as in fit',
      placeholder: 'what',
    }),
    ...backendOptions,
    dtype: dtypeOf('that of the model'),
    ...tableOptions,
    json: jsonOption,
  },
  examples: [
    'predict houses.safetensors new.csv --output prices.csv',
    'predict digits.safetensors data/mnist --probabilities',
  ],
  load: async () => (await import('../model/run-predict.ts')).runPredict,
});
