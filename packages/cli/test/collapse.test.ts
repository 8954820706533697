import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createNaiveBackend } from '@agop/core/naive';
import { DeepRFM } from '@agop/deep-rfm';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { classes, Folder, run, startInShell } from './program.ts';

// Every run is a process of its own, on machines that may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const folder = new Folder();
afterAll(() => folder[Symbol.dispose]());

const table = folder.file('sides.csv', classes(80));
/** Few rows and features, so that a run takes a second. */
const small = ['collapse', '--data', table, '--depth', '3', '--width', '48'];
const measured = expect.any(Number);
const stages = { input: measured, projected: measured, features: measured };
const layerNumbers = {
  nc1: stages,
  nc1Scattering: stages,
  nc2: stages,
  nc2Equinorm: stages,
  nc2Equiangle: stages,
  nc4: measured,
  drop: { projection: measured, map: measured, total: measured, projectionShare: measured },
};

describe('collapse --json', () => {
  test('one object with the metrics of every layer, a report and a model', async () => {
    const [report, model] = [folder.at('sides.html'), folder.at('sides.safetensors')];
    const { code, stdout, stderr } = await run([...small, '--report', report, '--output', model, '--json']);
    expect(code, stderr).toBe(0);
    const summary = JSON.parse(stdout);
    expect(summary).toMatchObject({
      data: 'sides.csv',
      trainingRows: 64,
      heldOutRows: 16,
      features: 5,
      classes: ['down', 'up'],
      depth: 3,
      kernel: { name: 'laplace', parameters: { bandwidth: 2 } },
      map: { name: 'randomRelu', parameters: { width: 48, weights: 'uniform' } },
      ridge: 0,
      iterations: 1,
      coding: 'signed',
      seed: 0,
      dtype: 'float64',
      input: { accuracy: measured, trainAccuracy: 1 },
      seconds: measured,
      report,
    });
    expect(summary.layers).toHaveLength(3);
    for (const [i, layer] of summary.layers.entries()) {
      expect(layer).toEqual({
        layer: i + 1,
        width: 48,
        ...layerNumbers,
        accuracy: measured,
        trainAccuracy: 1,
        heldOut: { ...layerNumbers, drop: expect.anything() },
      });
    }
    expect(summary.layers[2].nc1.projected).toBeLessThan(0.5 * summary.layers[0].nc1.input);
    expect(summary.drop.projection).toBeGreaterThan(0);
    for (const { nc4 } of summary.layers) {
      expect(nc4).toBeGreaterThan(0.5);
      expect(nc4).toBeLessThanOrEqual(1);
    }

    const html = readFileSync(report, 'utf8');
    for (const part of [
      'Neural collapse on sides.csv',
      'NC1 over depth',
      'Gram matrices',
      'layer 3',
      'What drives it',
      'Accuracy per layer',
      'NC4 per layer',
      '3 layers of random ReLU features (width 48, weights uniform); laplace kernel (bandwidth 2), no ridge',
    ]) {
      expect(html).toContain(part);
    }
    expect(html).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)|NaN|undefined/);

    using backend = createNaiveBackend();
    using loaded = await DeepRFM.load<string>(model, { backend });
    expect(loaded.layers.map(({ train }) => train.projected.nc1.ratio)).toEqual(
      summary.layers.map(({ nc1 }: { nc1: { projected: number } }) => nc1.projected),
    );
  });

  test('is the same for the same seed', async () => {
    const layers = async (seed: string) =>
      JSON.parse((await run([...small, '--depth', '2', '--seed', seed, '--json'])).stdout).layers;
    const [first, again, other] = [await layers('5'), await layers('5'), await layers('6')];
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  test('every ingredient can be chosen', async () => {
    const { code, stdout, stderr } = await run([
      ...[
        'collapse',
        '--data',
        table,
        '--target',
        'side',
        '--samples',
        '40',
        '--validation',
        '0.5',
        '--depth',
        '1',
      ],
      ...['--map', 'cosine', '--spectrum', 'laplace', '--map-bandwidth', '3', '--width', '20'],
      ...['--kernel', 'gaussian', '--bandwidth', '1.5', '--ridge', '0.01', '--iterations', '2'],
      ...['--coding', 'one-hot', '--dtype', 'float32', '--json'],
    ]);
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      trainingRows: 40,
      heldOutRows: 40,
      kernel: { name: 'gaussian', parameters: { bandwidth: 1.5 } },
      map: { name: 'randomCosine', parameters: { spectrum: 'laplace', bandwidth: 3, width: 20 } },
      ridge: 0.01,
      iterations: 2,
      coding: 'oneHot',
      dtype: 'float32',
    });
  });
});

test('collapse for people: curves, a table and a verdict', async () => {
  const { code, stdout, stderr } = await run(small);
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/^Neural collapse of Deep RFM on sides\.csv$/m);
  for (const label of ['NC1, training', 'NC1, held out', 'NC2, training', 'accuracy']) {
    expect(stdout).toMatch(new RegExp(`^${label} +│`, 'm'));
  }
  expect(stdout).toMatch(/^layer +NC1: input +projected +features +NC2: projected +NC4 +accuracy$/m);
  expect(Math.max(...stdout.split('\n').map((line) => (/^(layer| +\d)/.test(line) ? line.length : 0)))).toBe(
    76,
  );
  expect(stdout).toMatch(/^ +1( +\d\.\d\de[+-]\d){4}( +\d+\.\d %){2}$/m);
  expect(stdout).toMatch(/^3 layers of random ReLU features \(/m);
  expect(stdout).toMatch(/NC1 of the training rows falls by a factor of/);
  expect(stdout).toMatch(/The projections with √M lower it by \d/);
  expect(stderr.trim().split('\n')).toHaveLength(3);
});

test('classes of one row each: NC1 is said to be 0 from the start', async () => {
  const few = folder.file('few.csv', 'a,b,class\n1,2,u\n2,1,v\n3,5,u\n4,4,v\n5,3,v\n');
  const report = folder.at('few.html');
  const args = [
    'collapse',
    '--data',
    few,
    '--validation',
    '0.9',
    '--depth',
    '1',
    '--width',
    '8',
    '--report',
    report,
  ];
  const { code, stdout, stderr } = await run(args);
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/^NC1 is 0 at the input already: no class has two rows that differ\.$/m);
  expect(stdout).not.toMatch(/falls from 0/);
  expect(readFileSync(report, 'utf8')).toContain('NC1 over depth, training rows: 0 in every layer.');
});

test('digits come with the source code', async () => {
  const { code, stdout, stderr } = await run([
    ...['collapse', '--samples', '150', '--depth', '1', '--width', '64', '--json'],
  ]);
  expect(code, stderr).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ data: 'digits', trainingRows: 150, heldOutRows: 359 });
});

const images = join(import.meta.dirname, '../../../../shared/data/images');
const imagesMissing = existsSync(images) ? '' : " (skipped: no folder 'shared/data/images' beside the clone)";

describe.skipIf(imagesMissing !== '')(`images by path${imagesMissing}`, () => {
  test('MNIST without a path is found in the folder that AGOP_DATA names', async () => {
    const args = ['collapse', '--data', 'mnist', '--samples', '60', '--test-samples', '30', '--depth', '1'];
    const data = { AGOP_DATA: join(images, '..') };
    const { code, stdout, stderr } = await run([...args, '--width', '48', '--json'], data);
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ data: 'mnist', trainingRows: 60, heldOutRows: 30 });
  });

  test('a folder with training and test files', async () => {
    const { code, stdout, stderr } = await run([
      ...['collapse', '--data', 'mnist', '--images', join(images, 'mnist'), '--samples', '120'],
      ...['--test-samples', '60', '--depth', '1', '--width', '32', '--json'],
    ]);
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      data: 'mnist',
      trainingRows: 120,
      heldOutRows: 60,
      features: 784,
    });
  });

  test('one file, of which a part is held out', async () => {
    const file = join(images, 'mnist/t10k-images-idx3-ubyte.gz');
    const { code, stdout, stderr } = await run([
      ...[
        'collapse',
        '--data',
        'mnist',
        '--images',
        file,
        '--samples',
        '100',
        '--depth',
        '1',
        '--width',
        '16',
        '--json',
      ],
    ]);
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      data: 'mnist',
      trainingRows: 80,
      heldOutRows: 20,
      features: 784,
    });
  });
});

/** A file of records as CIFAR-10 has them, with noise for pixels. */
function records(labels: readonly number[]): Uint8Array {
  const bytes = Uint8Array.from(
    { length: 3073 * labels.length },
    (_, at) => (at * 7919 + (at >> 5) * 31) % 251,
  );
  for (const [i, label] of labels.entries()) bytes[3073 * i] = label;
  return bytes;
}

describe('collapse: rows', () => {
  test('--samples of a sorted table has every class', async () => {
    const lines = Array.from(
      { length: 60 },
      (_, i) => `${Math.sin(i + 1)},${Math.cos(3 * i)},${i < 40 ? 'a' : i < 55 ? 'b' : 'c'}`,
    );
    const sorted = folder.file('sorted.csv', `x,y,kind\n${lines.join('\n')}\n`);
    const args = ['collapse', '--data', sorted, '--depth', '1', '--width', '8'];
    const { code, stdout, stderr } = await run([...args, '--samples', '16', '--json']);
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ trainingRows: 16, heldOutRows: 12, classes: ['a', 'b', 'c'] });
    const few = await run([...args, '--samples', '2']);
    expect(few.code).toBe(1);
    expect(few.stderr).toMatch(/^agop: --samples 2 is too few: the training rows have 3 classes/);
  });

  test('a folder without test images: a part is held out, and it says so', async () => {
    mkdirSync(folder.at('alone'));
    folder.file('alone/data_batch_1.bin', records(Array.from({ length: 20 }, (_, i) => i % 2)));
    folder.file('alone/data_batch_2.bin', records(Array.from({ length: 20 }, () => 2)));
    const { code, stdout, stderr } = await run([
      ...['collapse', '--data', 'cifar10', '--images', folder.at('alone'), '--depth', '1', '--width', '8'],
      ...['--ridge', '1', '--json'],
    ]);
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ trainingRows: 32, heldOutRows: 8, classes: [0, 1, 2] });
    expect(stderr).toMatch(/alone has no test images: 8 of 40 images are held out/);
  });
});

test('outputs are checked before the work, and the object is printed if a later write fails', async () => {
  const missing = await run([...small, '--output', folder.at('no/such/model'), '--json']);
  expect(missing).toMatchObject({ code: 1, stdout: '' });
  expect(missing.stderr).toMatch(/^agop: Cannot write '.*model' \(--output\): there is no folder .*\n$/);
  if (process.platform !== 'linux') return;
  // A limit on the size of files stands in for a full disk.
  const limited = `trap '' XFSZ; ulimit -f 1; exec "$@"`;
  const full = await startInShell(limited, [...small, '--report', folder.at('full.html'), '--json']).ended;
  expect(full.code).toBe(1);
  expect(JSON.parse(full.stdout)).toMatchObject({ data: 'sides.csv' });
  expect(full.stderr).toMatch(/^agop: Cannot write '.*full\.html': EFBIG/m);
});

describe('collapse: one clear line and nothing on standard output', () => {
  const twice = folder.file('twice.csv', `${classes(30)}${classes(30).split('\n').slice(1).join('\n')}`);
  const cifar = folder.file('cifar.bin', records([0, 1, 0, 1, 2, 2]));
  const both = folder.file('more.bin', records([1, 2, 0, 2]));
  const signs = folder.file('signs.bin', records([0, 1, 0, 42]));
  const numbers = folder.file('numbers.csv', 'a,class\n1,x\n2,x\n3,x\n');
  test.each([
    [['--data', 'mnist'], /--data mnist needs --images/],
    [
      ['--data', 'mnist', '--images', folder.at('nowhere')],
      /nowhere \(--images\): there is no such file or folder/,
    ],
    [
      ['--data', 'cifar10', '--images', cifar, '--test-images', folder.at('nowhere')],
      /nowhere \(--test-images\): there is no such file or folder/,
    ],
    [
      ['--data', 'mnist', '--images', cifar],
      /mnist means images of 28 x 28 x 1 .* \(--images\) are 32 x 32 x 3/,
    ],
    [
      ['--data', 'cifar10', '--images', signs],
      /cifar10 means the classes 0 to 9, but .* \(--images\) has an image of class 42/,
    ],
    [
      ['--data', 'cifar10', '--images', cifar, '--test-images', signs],
      /classes 0 to 9, but .* \(--test-images\) has an image of class 42/,
    ],
    [
      ['--data', 'minst'],
      /Cannot read minst \(--data\): there is no such file\. --data is mnist, cifar10, digits or the path/,
    ],
    [['--data', 'cifar10', '--images', cifar, '--target', 'x'], /--target does not go with --data cifar10/],
    [['--data', 'cifar10', '--images', cifar, '--delimiter', ';'], /--delimiter does not go with/],
    [['--data', 'cifar10', '--images', cifar, '--no-header'], /--no-header does not go with/],
    [['--data', 'cifar10', '--images', cifar, '--test-samples', '3'], /--test-samples needs test images/],
    [['--data', 'cifar10', '--images', cifar, '--test-images', cifar], /names the training images again/],
    [
      ['--data', 'cifar10', '--images', cifar, '--test-images', both, '--validation', '0.5'],
      /--validation does not go with test images/,
    ],
    [
      ['--data', 'cifar10', '--images', cifar, '--test-images', both, '--samples', '4'],
      /class 2.*Raise --samples/,
    ],
    [
      ['--data', table, '--target', 'a'],
      /'a' looks like numbers, not classes: \d+ different values in 80 rows/,
    ],
    [['--data', table, '--seed', '-1'], /--seed must be/],
    [['--images', 'somewhere'], /--images needs --data mnist or cifar10/],
    [['--test-samples', '5'], /--test-samples needs --data mnist or cifar10/],
    [['--data', folder.at('none.csv')], /Cannot read .*none\.csv \(--data\): there is no such file/],
    [['--data', table, '--target', 'nope'], /nope/],
    [['--data', numbers], /one class only/],
    [
      ['--data', twice],
      /not numerically positive definite.*duplicate rows with ridge 0.*raise --ridge.*use --dtype float64/,
    ],
    [['--data', table, '--depth', '0'], /--depth must be a whole number from 1/],
    [['--data', table, '--ridge', '-1'], /--ridge must be a number from 0/],
    [['--data', table, '--map', 'tanh'], /--map must be one of relu, cosine, identity/],
    [['--data', table, '--spectrum', 'cauchy'], /--spectrum needs --map cosine/],
    [['--data', table, '--map', 'identity', '--width', '9'], /leave out --width/],
    [['--data', table, '--validation', '2'], /--validation must be a share between 0 and 1/],
    [['--data', table, '--bandwidth', '0'], /--bandwidth must be a positive number/],
    [
      ['--data', table, '--map', 'cosine', '--map-bandwidth', '0'],
      /--map-bandwidth must be a positive number, but is 0/,
    ],
    [['--data', table, '--backend', 'naive', '--threads', '2'], /--threads needs --backend cpu/],
  ])('%j', async (options, message) => {
    const report = folder.at('none.html');
    const { code, stdout, stderr } = await run(['collapse', ...options, '--report', report, '--json'], {
      AGOP_DATA: folder.at('nothing'),
    });
    expect(code, stderr).toBe(1);
    expect(stdout).toBe('');
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/^agop: /);
    expect(stderr).toMatch(message);
    expect(existsSync(report)).toBe(false);
  });
});
