import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConvRFMClassifier } from '@agop/conv-rfm';
import { createNaiveBackend } from '@agop/core/naive';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { Folder, run } from './program.ts';

// Every run is a process of its own, on machines that may be busy.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const folder = new Folder();
afterAll(() => folder[Symbol.dispose]());

/** An IDX file of unsigned bytes. */
function idx(shape: readonly number[], data: Uint8Array): Uint8Array {
  const header = [
    0,
    0,
    8,
    shape.length,
    ...shape.flatMap((n) => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255]),
  ];
  return Uint8Array.from([...header, ...data]);
}

/** Images of 9 x 9 pixels with a bright bar, upright (class 0) or level (class 1), at a random place of some noise. */
function bars(count: number, seed: number): { images: Uint8Array; labels: Uint8Array } {
  let state = seed;
  const random = (below: number): number => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
  const pixels = Uint8Array.from({ length: count * 81 }, () => random(90));
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 2);
  for (const [i, label] of labels.entries()) {
    const [y, x] = [random(6), random(6)];
    for (let step = 0; step < 4; step++) {
      pixels[i * 81 + (label === 0 ? (y + step) * 9 + x : y * 9 + x + step)] = 250;
    }
  }
  return { images: idx([count, 9, 9], pixels), labels: idx([count], labels) };
}

const training = bars(80, 1);
const testing = bars(60, 2);
const data = folder.at('bars');
mkdirSync(data);
folder.file('bars/train-images-idx3-ubyte', training.images);
folder.file('bars/train-labels-idx1-ubyte', training.labels);
folder.file('bars/t10k-images-idx3-ubyte', testing.images);
folder.file('bars/t10k-labels-idx1-ubyte', testing.labels);
const small = ['conv', '--data', data, '--depth', '2', '--iterations', '1'];

describe('conv --json', () => {
  test('one object with every round, a report and a model', async () => {
    const [report, model] = [folder.at('bars.html'), folder.at('bars.safetensors')];
    const { code, stdout, stderr } = await run([...small, '--report', report, '--output', model, '--json']);
    expect(code, stderr).toBe(0);
    const summary = JSON.parse(stdout);
    expect(summary).toMatchObject({
      data: 'bars',
      trainingImages: 64,
      validationImages: 16,
      testImages: 60,
      image: { height: 9, width: 9, channels: 1 },
      classes: 2,
      kernel: {
        name: 'convolutionalNtk',
        parameters: { depth: 2, patchSize: 3, padding: 'valid', pooling: 'none' },
      },
      ridges: [1e-5, 1e-3],
      iterations: 1,
      featureLayers: 0,
      dtype: 'float32',
      report,
    });
    expect(summary.rounds.map(({ iteration }: { iteration: number }) => iteration)).toEqual([0, 1]);
    for (const { accuracy, mse, validation } of summary.rounds) {
      expect(accuracy).toBeGreaterThan(0.5);
      expect(mse).toBeGreaterThan(0);
      expect(validation.accuracy).toBeGreaterThan(0.4);
    }
    const html = readFileSync(report, 'utf8');
    for (const part of [
      'ConvRFM on bars',
      'Accuracy per round',
      'The filters it found',
      'What it looks at',
    ]) {
      expect(html).toContain(part);
    }
    expect(html).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)|NaN|undefined/);

    using backend = createNaiveBackend();
    using loaded = await ConvRFMClassifier.load<number>(model, { backend });
    expect(loaded.best.iteration).toBe(summary.rounds[summary.runs[0].best].iteration);
  });

  test('is the same for the same seed; several seeds give means and deviations', async () => {
    const result = async (...more: string[]) => JSON.parse((await run([...small, '--json', ...more])).stdout);
    const [first, again, both] = [await result(), await result(), await result('--seeds', '2')];
    expect(again.rounds).toEqual(first.rounds);
    expect(both.runs.map(({ seed }: { seed: number }) => seed)).toEqual([0, 1]);
    expect(both.runs[0].rounds).toEqual(first.rounds);
    const accuracies = both.runs.map((one: typeof first) => one.rounds[1].accuracy);
    expect(both.rounds[1].accuracy).toBeCloseTo((accuracies[0] + accuracies[1]) / 2, 12);
    expect(both.rounds[1].accuracyDeviation).toBeCloseTo(
      Math.abs(accuracies[0] - accuracies[1]) / Math.SQRT2,
      12,
    );
  });

  test('every ingredient can be chosen', async () => {
    const { code, stdout, stderr } = await run([
      ...[
        'conv',
        '--data',
        data,
        '--limit',
        '40',
        '--test-limit',
        '30',
        '--validation',
        '0.5',
        '--seed',
        '3',
      ],
      ...['--kernel', 'nngp', '--depth', '2', '--patch-size', '3', '--padding', 'same', '--iterations', '1'],
      ...['--ridge', '0.1', '--ridge', '0.01', '--update', 'plain', '--agop-images', '5', '--deep', '1'],
      ...['--width', '4', '--activation', 'none', '--dtype', 'float64', '--memory', '1', '--json'],
    ]);
    expect(code, stderr).toBe(0);
    const summary = JSON.parse(stdout);
    expect(summary).toMatchObject({
      testImages: 30,
      kernel: { name: 'convolutionalNngp', parameters: { depth: 2, padding: 'same' } },
      ridges: [0.1, 0.01],
      featureLayers: 1,
      dtype: 'float64',
    });
    expect(
      summary.rounds.map(({ layer, iteration }: { layer: number; iteration: number }) => [layer, iteration]),
    ).toEqual([
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ]);
    const patches = await run([
      ...['conv', '--data', data, '--kernel', 'gaussian', '--bandwidth', '0.5'],
      '--iterations',
      '0',
      '--json',
    ]);
    expect(JSON.parse(patches.stdout).kernel).toMatchObject({
      name: 'patches.gaussian',
      parameters: { bandwidth: 0.5 },
    });
  });
});

test('the star task: the learned metric finds the star', async () => {
  const { code, stdout, stderr } = await run(['conv', '--task', 'star', '--test-limit', '100', '--json']);
  expect(code, stderr).toBe(0);
  const { rounds, trainingImages, testImages } = JSON.parse(stdout);
  expect([trainingImages, testImages]).toEqual([50, 100]);
  expect(rounds[1].accuracy - rounds[0].accuracy).toBeGreaterThan(0.1);
  expect(rounds[1].accuracy).toBeGreaterThan(0.85);
});

test('conv for people: rounds and what they mean', async () => {
  const { code, stdout, stderr } = await run(small);
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/^ConvRFM on bars$/m);
  expect(stdout).toMatch(/^NTK of 2 layers, patches of 3 x 3$/m);
  expect(stdout).toMatch(/Round 0 is the fixed kernel\. Kept: round [01], by validation\./);
  expect(stderr.trim().split('\n')).toHaveLength(2);
});

describe('conv: clear errors', () => {
  test.each([
    [['conv'], /needs images: --data/],
    [['conv', '--data', data, '--full'], /--full needs --task/],
    [
      ['conv', '--data', data, '--patch-size', '12', '--depth', '1'],
      /9 x 9 .* smaller than the patches of 12 x 12/,
    ],
    [['conv', '--data', data, '--depth', '5'], /too small for 5 layers/],
    [['conv', '--data', data, '--ridge', 'small'], /--ridge must be a number from 0, but is 'small'/],
    [['conv', '--data', data, '--width', '3'], /--width needs --deep/],
    [
      ['conv', '--data', data, '--validation', 'none', '--ridge', '1', '--ridge', '2'],
      /needs validation data/,
    ],
    [['conv', '--data', data, '--memory', '0.0001'], /See --limit, --dtype and --memory/],
    [['conv', '--data', folder.at('nowhere')], /nowhere/],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await run([...args, '--json']);
    expect(code).not.toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
  });
});

const images = join(import.meta.dirname, '../../../../shared/data/images');
const imagesMissing = existsSync(images) ? '' : " (skipped: no folder 'shared/data/images' beside the clone)";

describe.skipIf(imagesMissing !== '')(`real images${imagesMissing}`, () => {
  test('digits in noise, and CIFAR-10 records', async () => {
    const noisy = await run([
      'conv',
      '--task',
      'noisy-mnist',
      '--limit',
      '40',
      '--test-limit',
      '20',
      '--json',
    ]);
    expect(noisy.code, noisy.stderr).toBe(0);
    expect(JSON.parse(noisy.stdout)).toMatchObject({
      image: { height: 42, width: 42, channels: 1 },
      testImages: 20,
    });
    const cifar = await run([
      'conv',
      '--data',
      join(images, 'cifar10'),
      '--limit',
      '40',
      '--test-limit',
      '20',
      '--depth',
      '1',
      '--json',
    ]);
    expect(cifar.code, cifar.stderr).toBe(0);
    expect(JSON.parse(cifar.stdout).image).toEqual({ height: 32, width: 32, channels: 3 });
  });
});
