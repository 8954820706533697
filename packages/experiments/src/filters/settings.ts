import { OptionError, wording } from '@agop/core';
import { choice, flag, list, number, option, type Settings, text, whole } from '@agop/core/options';
import { dtypeOption } from '../float-option.ts';
import { refuse } from '../refuse.ts';

const shareOrNone = (text: string): unknown =>
  text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);

/** Options of learning filters for images with ConvRFM: of the images, then of the model. */
export const filtersOptions = {
  data: text({
    placeholder: 'path',
    description:
      "Images: an IDX file (MNIST's format), a file of CIFAR-10 records (.bin), or a folder with training and test files (without the latter, a fifth is held out); also .gz",
  }),
  test: text({ placeholder: 'path', description: 'Test images, if not in the same folder' }),
  task: choice(['star', 'noisy-mnist'], {
    description:
      'A published experiment: star, or noisy-mnist (of MNIST, the folder --data, or images/mnist in the folder $AGOP_DATA or in shared/data beside the program)',
  }),
  full: flag({ description: 'With --task noisy-mnist: the published size, 4000 images' }),
  limit: whole({ from: 2, description: 'Training images at most', defaultWords: '1000; star: 50' }),
  testLimit: whole({ from: 1, description: 'Test images at most', defaultWords: '1000; star: 2050' }),
  validation: option<number | 'none'>(
    {
      placeholder: 'share',
      requirement: 'be a share between 0 and 1, or none',
      parse: shareOrNone,
      read: (value) =>
        value === 'none' || (typeof value === 'number' && value > 0 && value < 1) ? value : undefined,
    },
    {
      description:
        'Share of the training images that chooses ridge and iteration, of each class alike, or none',
      defaultWords: '0.2; none for tasks',
    },
  ),
  kernel: choice(['ntk', 'nngp', 'laplace', 'gaussian'], {
    default: 'ntk',
    description: 'ntk or nngp of a network; laplace or gaussian of patches',
  }),
  depth: whole({
    from: 1,
    description: 'Convolutional layers of ntk and nngp',
    defaultWords: '3; star: 1',
  }),
  bandwidth: number({ above: 0, description: 'Bandwidth of laplace and gaussian', defaultWords: '1' }),
  patchSize: whole({
    from: 1,
    description: 'Height and width of patches',
    defaultWords: '3; star: 11',
  }),
  padding: choice(['valid', 'image', 'same'], {
    placeholder: 'where',
    default: 'valid',
    description: 'valid, image (its border) or same (each layer)',
  }),
  pooling: choice(['none', 'average'], {
    default: 'none',
    description: 'none, or average: all pairs of positions, slow',
  }),
  iterations: whole({
    from: 0,
    description: 'Updates of the patch metric; 0 is the fixed kernel',
    defaultWords: '3; star: 1',
  }),
  ridge: list(
    number({
      from: 0,
      description: 'Ridge; repeatable, validation chooses',
      defaultWords: '1e-5 and 1e-3; 1e-3 without validation and for star, 1e-5 for noisy-mnist',
    }),
  ),
  update: choice(['root', 'plain'], {
    description: 'root or plain: what of the AGOP multiplies patches',
    defaultWords: 'root',
  }),
  agopImages: whole({
    from: 1,
    description: 'Training images that the AGOP averages over',
    defaultWords: '20',
  }),
  deep: whole({
    from: 1,
    placeholder: 'layers',
    description: 'Feature layers below the kernel: Deep ConvRFM',
    defaultWords: 'none',
    namesInCode: ['deep.layers'],
  }),
  width: whole({ from: 1, description: 'Filters per feature layer', defaultWords: '64' }),
  activation: choice(['relu', 'none'], {
    description: 'relu or none, after feature layers',
    defaultWords: 'relu',
  }),
  seed: whole({ from: 0, default: 0, description: 'Seed of all random choices' }),
  seeds: whole({
    from: 1,
    default: 1,
    description:
      'Runs with so many seeds, from --seed on, and their spread; model and pictures are those of the first',
  }),
  dtype: dtypeOption('float32', ' of the kernel'),
  memory: number({
    above: 0,
    placeholder: 'gib',
    description: 'Memory budget in GiB',
    defaultWords: 'three quarters of what the backend has',
    namesInCode: ['memoryBudget'],
  }),
} as const;

/** Settings of a run: plain JSON. */
export type FiltersSettings = Settings<typeof filtersOptions>;

/** The share of the training images that is held out for validation; undefined for none. */
export function validationShare({ validation, task }: FiltersSettings): number | undefined {
  if (validation === 'none') return undefined;
  return validation ?? (task === undefined ? 0.2 : undefined);
}

/** @throws {OptionError} for options that do not go together */
export function checkFiltersSettings(options: FiltersSettings): void {
  const { task, full, limit, testLimit, kernel, ridge, iterations, deep } = options;
  if (full && task === undefined) {
    throw new OptionError(
      'full',
      wording`${{ option: 'full' }} needs ${{ option: 'task', value: 'noisy-mnist' }}.`,
    );
  }
  if (task === 'star') refuse(options, ['data', 'test', 'full'], wording`${{ option: 'task', value: task }}`);
  if (task === 'noisy-mnist') refuse(options, ['test'], wording`${{ option: 'task', value: task }}`);
  if (limit !== undefined && testLimit !== undefined) {
    refuse(
      options,
      ['full'],
      wording`${{ option: 'limit' }} and ${{ option: 'testLimit' }}, which say how many images there are`,
    );
  }
  const isNetwork = kernel === 'ntk' || kernel === 'nngp';
  if (isNetwork) needs(options, 'bandwidth', wording`${{ option: 'kernel', value: 'laplace' }} or gaussian`);
  else needs(options, 'depth', wording`${{ option: 'kernel', value: 'ntk' }} or nngp`);
  if (deep === undefined) {
    for (const name of ['width', 'activation'] as const) needs(options, name, wording`${{ option: 'deep' }}`);
    if (iterations === 0) {
      refuse(
        options,
        ['update', 'agopImages'],
        wording`${{ option: 'iterations', value: 0 }}, in which no AGOP is made`,
      );
    }
  }
  if (ridge.length > 1 && validationShare(options) === undefined) {
    throw new OptionError(
      'ridge',
      wording`${{ option: 'ridge' }} is given ${ridge.length} times: choosing among ${ridge.join(', ')} needs validation data. Give one, or a share for ${{ option: 'validation' }}.`,
    );
  }
}

/** @throws {OptionError} if the option was given, which means nothing without something else */
function needs(
  options: FiltersSettings,
  name: keyof FiltersSettings,
  what: ReturnType<typeof wording>,
): void {
  if (options[name] === undefined) return;
  throw new OptionError(name, wording`${{ option: name }} needs ${what}.`);
}
