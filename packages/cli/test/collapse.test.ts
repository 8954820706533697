import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createNaiveBackend } from '@agop/core/naive';
import { DeepRFM } from '@agop/deep-rfm';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { classes, Folder, run } from './program.ts';

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

    const html = readFileSync(report, 'utf8');
    for (const part of [
      'Neural collapse on sides.csv',
      'NC1 over depth',
      'Gram matrices',
      'layer 3',
      'What drives it',
      'Accuracy per layer',
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
  expect(stdout).toMatch(/NC1 of the training rows falls by a factor of/);
  expect(stdout).toMatch(/The projections with √M lower it by \d/);
  expect(stderr.trim().split('\n')).toHaveLength(3);
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

describe('collapse: one clear line and nothing on standard output', () => {
  const twice = folder.file('twice.csv', `${classes(30)}${classes(30).split('\n').slice(1).join('\n')}`);
  const numbers = folder.file('numbers.csv', 'a,class\n1,x\n2,x\n3,x\n');
  test.each([
    [['--data', 'mnist'], /--data mnist needs --images/],
    [['--data', 'mnist', '--images', folder.at('nowhere')], /nowhere/],
    [['--images', 'somewhere'], /--images needs --data mnist or cifar10/],
    [['--test-samples', '5'], /--test-samples needs --data mnist or cifar10/],
    [['--data', folder.at('none.csv')], /Cannot read .*none\.csv: there is no such file/],
    [['--data', table, '--target', 'nope'], /nope/],
    [['--data', numbers], /one class only/],
    [['--data', twice], /not numerically positive definite.*duplicate rows with ridge 0/],
    [['--data', table, '--depth', '0'], /--depth must be a whole number from 1/],
    [['--data', table, '--ridge', '-1'], /--ridge must be a number from 0/],
    [['--data', table, '--map', 'tanh'], /--map must be one of relu, cosine, identity/],
    [['--data', table, '--spectrum', 'cauchy'], /--spectrum needs --map cosine/],
    [['--data', table, '--map', 'identity', '--width', '9'], /leave out --width/],
    [['--data', table, '--validation', '2'], /--validation must be a share between 0 and 1/],
    [['--data', table, '--bandwidth', '0'], /bandwidth must be a positive number/],
  ])('%j', async (options, message) => {
    const report = folder.at('none.html');
    const { code, stdout, stderr } = await run(['collapse', ...options, '--report', report, '--json']);
    expect(code, stderr).toBe(1);
    expect(stdout).toBe('');
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/^agop: /);
    expect(stderr).toMatch(message);
    expect(existsSync(report)).toBe(false);
  });
});
