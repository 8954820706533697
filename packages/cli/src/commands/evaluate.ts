import { command } from '../command.ts';
import { evaluateOptions } from '../model/evaluate-options.ts';

export const evaluate = command({
  usage: 'evaluate <model> <table>',
  description: 'Say how good a saved model of a table is on rows whose truth is known: all scores',
  options: evaluateOptions,
  examples: [
    'evaluate houses.safetensors sold.csv',
    'evaluate outcome.safetensors clinic.csv --weights days --report clinic.html',
  ],
  load: async () => (await import('../model/evaluate.ts')).runEvaluate,
});
