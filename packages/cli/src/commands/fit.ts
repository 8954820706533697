import { command } from '../command.ts';
import { fitOptions } from '../experiments/fit-options.ts';

export const fit = command({
  usage: 'fit <table>',
  description:
    'Choose a model for a table, fit it and test it. With --preset, --kernel or the like: one machine of these settings',
  options: fitOptions,
  examples: [
    'fit houses.csv --target price --output houses.safetensors --report houses.html',
    'fit patients.csv --target outcome --metric auc --time 5min -o outcome.safetensors --resume',
    'fit examples/data/digits.csv.gz --target class --preset rfm2022',
  ],
  load: async () => (await import('../experiments/fit.ts')).runFit,
});
