import { mkdirSync, readFileSync } from 'node:fs';
import { ConvRFMClassifier } from '@agop/conv-rfm';
import { createNaiveBackend } from '@agop/core/naive';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { Folder, run } from '../program.ts';

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

/**
 * Images of 9 x 9 pixels with a bright bar, upright (class 0) or level (class 1), at a random place of some
 * noise.
 */
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
});

test('conv for people: rounds and what they mean', async () => {
  const { code, stdout, stderr } = await run(small);
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/^ConvRFM on bars$/m);
  expect(stdout).toMatch(/^round +accuracy +mse +ridge +validation$/m);
  expect(stdout).toMatch(/^NTK of 2 layers, patches of 3 x 3$/m);
  expect(stdout).toMatch(/Round 0 is the fixed kernel\. Kept: round [01], by validation\./);
  expect(stderr.trim().split('\n')).toHaveLength(2);
  expect(stderr).toMatch(/^round 0 of 1: accuracy \d+\.\d %, .* left\nround 1 of 1: accuracy \d+\.\d %\n$/);
});

test('outputs are checked before the work', async () => {
  const missing = await run([...small, '--report', folder.at('no/such/report.html'), '--json']);
  expect(missing).toMatchObject({ code: 1, stdout: '' });
  expect(missing.stderr).toMatch(
    /^agop: Cannot write '.*report\.html' \(--report\): there is no folder .*\n$/,
  );
});

test('a folder with one image file: a fifth of each class is held out, and it says so', async () => {
  mkdirSync(folder.at('alone'));
  folder.file('alone/images-idx3-ubyte', training.images);
  folder.file('alone/labels-idx1-ubyte', training.labels);
  const args = ['conv', '--data', folder.at('alone'), '--depth', '1', '--iterations', '0', '--json'];
  const { code, stderr } = await run([...args, '--validation', 'none', '--limit', '50']);
  expect(code, stderr).toBe(0);
  expect(stderr).toMatch(/alone has no test images: 16 of its images, a fifth of each class, are held out/);
});

test('average pooling says what it costs before it begins', async () => {
  const args = ['conv', '--data', data, '--depth', '1', '--pooling', 'average', '--limit', '12'];
  const { code, stderr } = await run([...args, '--test-limit', '5', '--iterations', '0', '--json']);
  expect(code, stderr).toBe(0);
  expect(stderr.split('\n')[0]).toMatch(
    /^agop: --pooling average .* 12 images visits 1\.9e\+5 pairs of patches, 49 times as many/,
  );
});

test.each([
  [[], /needed: --data/],
  [
    ['--data', data, '--validation', 'some'],
    /--validation must be a share between 0 and 1, or none, but is 'some'/,
  ],
  [['--data', data, '--ridge', 'small'], /--ridge must be a number from 0, but is 'small'/],
  [['--data', data, '--width', '3'], /--width needs --deep/],
  [['--data', folder.at('nowhere')], /nowhere \(--data\): there is no such file or folder/],
  [['--data', data, '--deep', '3'], /--deep must be below the kernel's --depth of 3/],
])('conv %j: a clear error', async (args, message) => {
  const { code, stdout, stderr } = await run(['conv', ...args, '--json']);
  expect(code).not.toBe(0);
  expect(stdout).toBe('');
  expect(stderr).toMatch(message);
});
