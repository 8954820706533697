import { choice, flag, list, number, text, whole } from '@agop/core/options';
import { backendOptions, dtypeOf } from '../backends/backends.ts';
import { oldCommand } from '../command.ts';
import { jsonOption, reportOption } from '../output/output-options.ts';
import { tableOptions } from '../table/table-options.ts';

export const fit = oldCommand({
  usage: 'fit <table>',
  description: 'Fit a Recursive Feature Machine on a CSV file and compare it with plain kernel regression',
  options: {
    target: list(
      text({
        description: 'Column to predict; repeatable for regression (required)',
        short: 't',
        placeholder: 'column',
      }),
    ),
    task: choice(['regression', 'classification'], {
      description: '{choices}',
      defaultWords: 'by the target',
    }),
    ignore: list(text({ description: 'Column that is not a feature; repeatable', placeholder: 'column' })),
    categorical: list(
      text({ description: 'Column of numbers that are codes; repeatable', placeholder: 'column' }),
    ),
    scale: choice(['standard', 'none'], {
      description: '{choices}: whether numbers are standardised',
      default: 'standard',
    }),
    unknown: choice(['error', 'ignore'], {
      description: '{choices}: new categories at prediction',
      default: 'error',
      placeholder: 'what',
    }),
    validation: text({
      description: 'Share of rows held out, a CSV file, or none',
      defaultWords: '0.2',
      placeholder: 'part',
    }),
    maxRows: whole({
      from: 2,
      description: 'Use at most this many rows, drawn at random',
      defaultWords: 'all',
    }),
    preset: choice(['rfm2022', 'grokking2024', 'xrfm2025'], {
      description: 'Settings of a published program: rfm2022, grokking2024, xrfm2025',
    }),
    kernel: choice(['laplace', 'gaussian', 'exponential-power', 'lpq'], {
      description: '{choices}',
      defaultWords: 'laplace',
    }),
    bandwidth: number({ above: 0, description: 'Bandwidth L of the kernel', defaultWords: '10' }),
    exponent: number({ description: 'Exponent of exponential-power and lpq', namesInCode: ['q'] }),
    norm: number({ description: 'p of the lpq kernel', namesInCode: ['p'] }),
    iterations: whole({
      from: 0,
      description: 'Updates of the metric; 0 is plain kernel regression',
      defaultWords: '5',
    }),
    ridge: number({ description: 'Ridge of the regression', defaultWords: '0.001' }),
    diagonal: flag({ description: 'Learn one weight per feature instead of a matrix' }),
    seed: whole({ from: 0, description: 'Seed of all random choices', default: 0 }),
    ...backendOptions,
    dtype: dtypeOf('by ridge and backend'),
    ...tableOptions,
    output: text({
      description: 'Save the model (one safetensors file, with its preprocessing)',
      short: 'o',
      placeholder: 'file',
    }),
    report: reportOption,
    json: jsonOption,
  },
  examples: [
    'fit houses.csv --target price --output houses.safetensors --report houses.html',
    'fit examples/data/digits.csv.gz --target class',
  ],
  load: async () => (await import('../fit/run.ts')).runFit,
});
