import { computeOptions } from '../backends/backends.ts';
import type { Command } from '../command.ts';

export const grok: Command = {
  usage: 'grok',
  description: 'Watch a kernel machine learn modular arithmetic all of a sudden',
  options: [
    {
      flags: '--op <operation>',
      description:
        '+, * or /, sub (or --op=-), or a polynomial such as x^2+y^2; twice for two tasks at once (default: +)',
    },
    {
      flags: '--p <number>',
      description: 'Modulus; a prime for /, and for the order in which * shows a pattern (default: 61)',
    },
    { flags: '--fraction <number>', description: 'Share of the table to train on (default: 0.5)' },
    { flags: '--kernel <name>', description: 'gaussian, quadratic or laplace (default: gaussian)' },
    { flags: '--bandwidth <number>', description: 'Bandwidth L of gaussian and laplace (default: 2.5)' },
    { flags: '--iterations <number>', description: 'Fits of the kernel machine (default: 30)' },
    {
      flags: '--ridge <number>',
      description: 'Ridge of each fit; 0 interpolates the training pairs (default: 0)',
    },
    { flags: '--seed <number>', description: 'Seed of the split into training and test pairs (default: 0)' },
    {
      flags: '--show <iterations>',
      description: 'Metrics in the report, e.g. 0,10,29 (default: around the jump)',
    },
    ...computeOptions('float32 or float64 (default: float64)'),
    { flags: '--report <file>', description: 'Write an HTML report' },
    { flags: '--json', description: 'Print one JSON object to standard output, and nothing else there' },
  ],
  examples: [
    'grok --op + --p 61 --fraction 0.5',
    'grok --op / --p 31 --fraction 0.75 --report division.html',
  ],
  load: async () => (await import('../grok/run-grok.ts')).runGrok,
};
