import { flag } from '@agop/core/options';
import { filtersOptions } from '@agop/experiments/options';
import { backendOptions } from '../backends/backends.ts';
import { command } from '../command.ts';
import { againOption, outputOption, reportOption } from '../output/output-options.ts';

const { dtype, memory, ...own } = filtersOptions;

export const conv = command({
  usage: 'conv',
  description: 'Learn filters for images with ConvRFM, a kernel machine that needs no network',
  options: {
    ...own,
    ...backendOptions,
    dtype,
    memory,
    output: outputOption,
    report: reportOption,
    again: againOption,
    json: flag({
      description:
        'Print one JSON object to standard output, and nothing else there; accuracy and mse are null where no images are held out',
    }),
  },
  examples: [
    'conv --task star --report star.html',
    'conv --task noisy-mnist --data data/mnist --seeds 3',
    'conv --data data/cifar10 --limit 1000 --depth 3 --report cifar.html',
    'conv --data data/mnist --deep 2 --output digits.safetensors',
  ],
  load: async () => (await import('../experiments/conv.ts')).runConv,
});
