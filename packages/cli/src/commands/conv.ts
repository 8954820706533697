import { computeOptions } from '../backends/backends.ts';
import type { Command } from '../command.ts';

export const conv: Command = {
  usage: 'conv',
  description: 'Learn filters for images with ConvRFM, a kernel machine that needs no network',
  options: [
    {
      flags: '--data <path>',
      description:
        "Images: an IDX file (MNIST's format), a file of CIFAR-10 records (.bin), or a folder with training and test files (without the latter, a fifth is held out); also .gz",
    },
    { flags: '--test <path>', description: 'Test images, if not in the same folder' },
    {
      flags: '--task <name>',
      description:
        'A published experiment: star, or noisy-mnist (of MNIST, the folder --data, or images/mnist in the folder $AGOP_DATA or in shared/data beside the program)',
    },
    { flags: '--full', description: 'With --task noisy-mnist: the published size, 4000 images' },
    { flags: '--limit <number>', description: 'Training images at most (default: 1000; star: 50)' },
    { flags: '--test-limit <number>', description: 'Test images at most (default: 1000; star: 2050)' },
    {
      flags: '--validation <share>',
      description:
        'Share of the training images that chooses ridge and iteration, of each class alike, or none (default: 0.2; none for tasks)',
    },
    {
      flags: '--kernel <name>',
      description: 'ntk or nngp of a network; laplace or gaussian of patches (default: ntk)',
    },
    { flags: '--depth <number>', description: 'Convolutional layers of ntk and nngp (default: 3; star: 1)' },
    { flags: '--bandwidth <number>', description: 'Bandwidth of laplace and gaussian (default: 1)' },
    { flags: '--patch-size <number>', description: 'Height and width of patches (default: 3; star: 11)' },
    {
      flags: '--padding <where>',
      description: 'valid, image (its border) or same (each layer) (default: valid)',
    },
    {
      flags: '--pooling <name>',
      description: 'none, or average: all pairs of positions, slow (default: none)',
    },
    {
      flags: '--iterations <number>',
      description: 'Updates of the patch metric; 0 is the fixed kernel (default: 3; star: 1)',
    },
    {
      flags: '--ridge <number>',
      description:
        'Ridge; repeatable, validation chooses (default: 1e-5 and 1e-3; 1e-3 without validation and for star, 1e-5 for noisy-mnist)',
    },
    {
      flags: '--update <name>',
      description: 'root or plain: what of the AGOP multiplies patches (default: root)',
    },
    {
      flags: '--agop-images <number>',
      description: 'Training images that the AGOP averages over (default: 20)',
    },
    {
      flags: '--deep <layers>',
      description: 'Feature layers below the kernel: Deep ConvRFM (default: none)',
    },
    { flags: '--width <number>', description: 'Filters per feature layer (default: 64)' },
    { flags: '--activation <name>', description: 'relu or none, after feature layers (default: relu)' },
    { flags: '--seed <number>', description: 'Seed of all random choices (default: 0)' },
    {
      flags: '--seeds <number>',
      description:
        'Runs with so many seeds, from --seed on, and their spread; model and pictures are those of the first (default: 1)',
    },
    ...computeOptions('float32 or float64 of the kernel (default: float32)'),
    {
      flags: '--memory <gib>',
      description: 'Memory budget in GiB (default: three quarters of what the backend has)',
    },
    { flags: '-o, --output <file>', description: 'Save the model (one safetensors file)' },
    { flags: '--report <file>', description: 'Write an HTML report' },
    {
      flags: '--json',
      description:
        'Print one JSON object to standard output, and nothing else there; accuracy and mse are null where no images are held out',
    },
  ],
  examples: [
    'conv --task star --report star.html',
    'conv --task noisy-mnist --data data/mnist --seeds 3',
    'conv --data data/cifar10 --limit 1000 --depth 3 --report cifar.html',
    'conv --data data/mnist --deep 2 --output digits.safetensors',
  ],
  load: async () => (await import('../conv/run-conv.ts')).runConv,
};
