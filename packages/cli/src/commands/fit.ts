import { computeOptions } from '../backends/backends.ts';
import type { Command } from '../command.ts';
import { tableOptions } from '../table/table-options.ts';

export const fit: Command = {
  usage: 'fit <table>',
  description: 'Fit a Recursive Feature Machine on a CSV file and compare it with plain kernel regression',
  options: [
    {
      flags: '-t, --target <column>',
      description: 'Column to predict; repeatable for regression (required)',
    },
    { flags: '--task <name>', description: 'regression or classification (default: by the target)' },
    { flags: '--ignore <column>', description: 'Column that is not a feature; repeatable' },
    { flags: '--categorical <column>', description: 'Column of numbers that are codes; repeatable' },
    {
      flags: '--scale <name>',
      description: 'standard or none: whether numbers are standardised (default: standard)',
    },
    {
      flags: '--unknown <what>',
      description: 'error or ignore: new categories at prediction (default: error)',
    },
    {
      flags: '--validation <part>',
      description: 'Share of rows held out, a CSV file, or none (default: 0.2)',
    },
    {
      flags: '--max-rows <number>',
      description: 'Use at most this many rows, drawn at random (default: all)',
    },
    {
      flags: '--preset <name>',
      description: 'Settings of a published program: rfm2022, grokking2024, xrfm2025',
    },
    {
      flags: '--kernel <name>',
      description: 'laplace, gaussian, exponential-power or lpq (default: laplace)',
    },
    { flags: '--bandwidth <number>', description: 'Bandwidth L of the kernel (default: 10)' },
    { flags: '--exponent <number>', description: 'Exponent of exponential-power and lpq' },
    { flags: '--norm <number>', description: 'p of the lpq kernel' },
    {
      flags: '--iterations <number>',
      description: 'Updates of the metric; 0 is plain kernel regression (default: 5)',
    },
    { flags: '--ridge <number>', description: 'Ridge of the regression (default: 0.001)' },
    { flags: '--diagonal', description: 'Learn one weight per feature instead of a matrix' },
    { flags: '--seed <number>', description: 'Seed of all random choices (default: 0)' },
    ...computeOptions('float32 or float64 (default: by ridge and backend)'),
    ...tableOptions,
    {
      flags: '-o, --output <file>',
      description: 'Save the model (one safetensors file, with its preprocessing)',
    },
    { flags: '--report <file>', description: 'Write an HTML report' },
    { flags: '--json', description: 'Print one JSON object to standard output, and nothing else there' },
  ],
  examples: [
    'fit houses.csv --target price --output houses.safetensors --report houses.html',
    'fit examples/data/digits.csv.gz --target class',
  ],
  load: async () => (await import('../fit/run.ts')).runFit,
};
