import { existsSync, readFileSync } from 'node:fs';
import { createNaiveBackend } from '@agop/core/naive';
import { DeepRFM } from '@agop/deep-rfm';
import { afterAll, describe, expect, test } from 'vitest';
import { classes, Folder, run } from '../program.ts';

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
});

test('collapse for people: curves, a table and a verdict', async () => {
  const { code, stdout, stderr } = await run(small);
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/^Neural collapse of Deep RFM on sides\.csv$/m);
  for (const label of ['NC1, training', 'NC1, held out', 'NC2, training', 'accuracy']) {
    expect(stdout).toMatch(new RegExp(`^${label} +(\\S+ (% )?)?│`, 'm'));
  }
  expect(stdout).toMatch(/^ +└\d ─+ layer ─+ \d+$/m);
  expect(stdout).toMatch(/^layer +NC1: input +projected +features +NC2: projected +NC4 +accuracy$/m);
  expect(
    Math.max(...stdout.split('\n').map((line) => (/^(layer| +\d+ )/.test(line) ? line.length : 0))),
  ).toBe(76);
  expect(stdout).toMatch(/^ +1( +\d\.\d\de[+-]\d){4}( +\d+\.\d %){2}$/m);
  expect(stdout).toMatch(/^3 layers of random ReLU features \(/m);
  expect(stdout).toMatch(/NC1 of the training rows falls by a factor of/);
  expect(stdout).toMatch(/The projections with √M lower it by \d/);
  expect(stderr.trim().split('\n')).toHaveLength(3);
});

test('outputs are checked before the work', async () => {
  const missing = await run([...small, '--output', folder.at('no/such/model'), '--json']);
  expect(missing).toMatchObject({ code: 1, stdout: '' });
  expect(missing.stderr).toMatch(/^agop: Cannot write '.*model' \(--output\): there is no folder .*\n$/);
});

/** Two images as CIFAR-10 has them, of class 0. */
const cifar = folder.file('cifar.bin', new Uint8Array(2 * 3073));

test.each([
  [
    ['--data', 'minst'],
    /Cannot read minst \(--data\): there is no such file\. --data is mnist, cifar10, digits or/,
  ],
  [['--data', table, '--spectrum', 'cauchy'], /--spectrum needs --map cosine/],
  [['--data', table, '--map', 'tanh'], /--map must be one of relu, cosine, identity/],
  [['--data', table, '--backend', 'naive', '--threads', '2'], /--threads needs --backend cpu/],
  [
    ['--data', 'cifar10', '--images', cifar, '--delimiter', ';'],
    /--delimiter does not go with --data cifar10, which is/,
  ],
  [['--data', 'cifar10', '--images', cifar, '--no-header'], /--no-header does not go with --data cifar10/],
])('collapse %j: one clear line and nothing on standard output', async (options, message) => {
  const report = folder.at('none.html');
  const { code, stdout, stderr } = await run(['collapse', ...options, '--report', report, '--json']);
  expect(code, stderr).toBe(1);
  expect(stdout).toBe('');
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stderr).toMatch(/^agop: /);
  expect(stderr).toMatch(message);
  expect(existsSync(report)).toBe(false);
});
