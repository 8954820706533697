import { computeOptions } from '../backends/backends.ts';
import type { Command } from '../command.ts';
import { tableOptions } from '../table/table-options.ts';

export const collapse: Command = {
  usage: 'collapse',
  description: 'Build a network layer by layer with Deep RFM, and watch its classes collapse to points',
  options: [
    {
      flags: '--data <name or file>',
      description: 'mnist, cifar10, digits, or a CSV file of a classification (default: digits)',
    },
    {
      flags: '--images <path>',
      description:
        'With mnist and cifar10: the image file, or the folder that holds training and test files (default: images/mnist, images/cifar10 in the folder $AGOP_DATA or in shared/data beside the program)',
    },
    {
      flags: '--test-images <path>',
      description: 'Image file of the held-out part, if not in the same folder',
    },
    {
      flags: '-t, --target <column>',
      description:
        "With a CSV file: the column of the classes (default: 'class', 'target', 'label', or the last)",
    },
    {
      flags: '--samples <number>',
      description:
        'Training rows at most: the first of mnist and cifar10 (default: 5000, 3000), else drawn at random, of each class in proportion (default: all)',
    },
    { flags: '--test-samples <number>', description: 'Held-out images at most (default: 1000)' },
    {
      flags: '--validation <share>',
      description: 'Share of the rows held out where there is no test file (default: 0.2)',
    },
    { flags: '--depth <number>', description: 'Layers (default: 10)' },
    { flags: '--map <name>', description: 'Feature map: relu, cosine or identity (default: relu)' },
    {
      flags: '--width <number>',
      description: 'Random features per layer (default: 512 of relu, as many as columns of cosine)',
    },
    {
      flags: '--spectrum <name>',
      description: 'Of cosine: cauchy (as published), gaussian or laplace (default: cauchy)',
    },
    {
      flags: '--map-bandwidth <number>',
      description: 'Of cosine: L, one over the published gamma (default: 20 of mnist, else 10)',
    },
    { flags: '--kernel <name>', description: 'laplace or gaussian (default: laplace)' },
    { flags: '--bandwidth <number>', description: 'Bandwidth L of the kernel (default: 2)' },
    { flags: '--ridge <number>', description: 'Ridge of each kernel machine; 0 interpolates (default: 0)' },
    { flags: '--iterations <number>', description: 'Updates of the metric in each layer (default: 1)' },
    { flags: '--coding <name>', description: 'Targets: signed (1, -1) or one-hot (1, 0) (default: signed)' },
    { flags: '--seed <number>', description: 'Seed of the random features and of the split (default: 0)' },
    ...computeOptions('float32 or float64 (default: float64)'),
    ...tableOptions,
    { flags: '-o, --output <file>', description: 'Save the model (one safetensors file)' },
    { flags: '--report <file>', description: 'Write an HTML report' },
    { flags: '--json', description: 'Print one JSON object to standard output, and nothing else there' },
  ],
  examples: [
    'collapse --data digits --depth 10 --report collapse.html',
    'collapse --data mnist --images data/mnist --depth 10 --width 1024',
    'collapse --data flowers.csv --target species --depth 5',
  ],
  load: async () => (await import('../collapse/run-collapse.ts')).runCollapse,
};
