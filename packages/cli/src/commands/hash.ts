import { hashingRunOptions } from '@agop/experiments/options';
import { command } from '../command.ts';
import { againOption, jsonOption, outputOption, reportOption } from '../output/output-options.ts';

export const hash = command({
  usage: 'hash',
  description: 'Compare forests of bit tests: how likely a tree finds an image from wrong bits',
  options: {
    ...hashingRunOptions,
    output: outputOption,
    report: reportOption,
    again: againOption,
    json: jsonOption,
  },
  examples: [
    'hash --data mnist --trees 20 --report hashing.html',
    'hash --data cifar10 --strategies uniform --strategies game --output forest.safetensors',
  ],
  load: async () => {
    const { runHash } = await import('../experiments/hash.ts');
    // Bits need no device: the naive backend starts at once.
    return ({ options, ...request }, context) =>
      runHash(
        { ...request, options: { ...options, backend: 'naive', threads: undefined, blas: undefined } },
        context,
      );
  },
});
