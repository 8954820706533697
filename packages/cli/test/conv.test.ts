import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConvRFMClassifier } from '@agop/conv-rfm';
import { createNaiveBackend } from '@agop/core/naive';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { Folder, run, startInShell } from './program.ts';

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
  expect(stdout).toMatch(/^round +accuracy +mse +ridge +validation$/m);
  expect(stdout).toMatch(/^NTK of 2 layers, patches of 3 x 3$/m);
  expect(stdout).toMatch(/Round 0 is the fixed kernel\. Kept: round [01], by validation\./);
  expect(stderr.trim().split('\n')).toHaveLength(2);
  expect(stderr).toMatch(/^round 0 of 1: accuracy \d+\.\d %, .* left\nround 1 of 1: accuracy \d+\.\d %\n$/);
});

/** The lines of the table of rounds, its head first. */
function tableOf(stdout: string): string[] {
  const lines = stdout.split('\n');
  const head = lines.findIndex((line) => /\bround\b.*\bridge\b/.test(line));
  return lines.slice(head, lines.indexOf('', head));
}

describe('conv: what it is judged on', () => {
  test('a folder with one image file: a fifth of each class is held out, and it says so', async () => {
    const alone = folder.at('alone');
    mkdirSync(alone);
    folder.file('alone/images-idx3-ubyte', training.images);
    folder.file('alone/labels-idx1-ubyte', training.labels);
    const args = ['conv', '--data', alone, '--depth', '1', '--iterations', '0', '--validation', 'none'];
    const { code, stdout, stderr } = await run([...args, '--limit', '50', '--json']);
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ trainingImages: 50, testImages: 16, testHeldOut: true });
    expect(stderr).toMatch(/alone has no test images: 16 of its images, a fifth of each class, are held out/);
  });

  test('nothing held out: no scores, and no words that need them', async () => {
    const report = folder.at('nothing.html');
    const file = folder.at('bars/train-images-idx3-ubyte');
    const args = ['conv', '--data', file, '--depth', '1', '--iterations', '1', '--validation', 'none'];
    const [json, people] = [
      await run([...args, '--limit', '30', '--json']),
      await run([...args, '--limit', '30', '--report', report]),
    ];
    expect(json.code, json.stderr).toBe(0);
    const { rounds } = JSON.parse(json.stdout);
    expect(rounds).toEqual([
      { layer: 0, iteration: 0, ridge: 1e-3, accuracy: null, mse: null },
      { layer: 0, iteration: 1, ridge: 1e-3, accuracy: null, mse: null },
    ]);
    expect(tableOf(people.stdout)[0]).toMatch(/^round +ridge$/);
    expect(people.stdout).toMatch(/No images were held out/);
    for (const text of [people.stdout, people.stderr, readFileSync(report, 'utf8')]) {
      expect(/NaN|undefined|null/.exec(text)).toBeNull();
    }
    expect(/ right[ ,]|Accuracy/.exec(readFileSync(report, 'utf8'))).toBeNull();
  });

  test('several seeds: columns stay apart, and what each kept is said', async () => {
    const report = folder.at('seeds.html');
    const { code, stdout, stderr } = await run([...small, '--seeds', '2', '--report', report]);
    expect(code, stderr).toBe(0);
    const [head = '', ...rows] = tableOf(stdout);
    expect(head).toMatch(/^round +accuracy +± +mse +ridge$/);
    for (const row of rows) {
      expect(row).toHaveLength(head.length);
      expect(row).toMatch(/^ +\d {2,}\d+\.\d % {2,}\d+\.\d % {2,}\d\.\d{4} {2,}(\de-\d|by seed)$/);
    }
    const kept = /Kept by validation: round [01] \(seed 0\); round [01] \(seed 1\)\./;
    expect(stdout).toMatch(kept);
    expect(stdout).not.toMatch(/Kept: round/);
    expect(readFileSync(report, 'utf8')).toMatch(kept);
    expect(readFileSync(report, 'utf8')).toMatch(/in the mean over 2 seeds/);
  });

  test('feature layers: rounds are named with their layer', async () => {
    const report = folder.at('deep.html');
    const args = [...small, '--deep', '1', '--width', '4', '--validation', 'none', '--report', report];
    const { code, stdout, stderr } = await run(args);
    expect(code, stderr).toBe(0);
    expect(tableOf(stdout)[0]).toMatch(/^layer +round +accuracy/);
    expect(stdout).toMatch(/Layer 0, round 0 is the fixed kernel\. In layer n, /);
    expect(stderr).toMatch(/^layer 1, round 0 of 1: accuracy/m);
    const html = readFileSync(report, 'utf8');
    expect(/the kernel of layer 1, round 1 on learned features \d/.test(html)).toBe(true);
    expect(/>Round 0 is/.test(html)).toBe(false);
  });

  test('a sample of sorted images has every class', async () => {
    const images = join(folder.path, 'sorted.bin');
    const records = Array.from({ length: 60 }, (_, i) => {
      const record = new Uint8Array(3073).fill(10 + 3 * i);
      record[0] = i < 55 ? 0 : i - 54;
      return [...record];
    });
    folder.file('sorted.bin', Uint8Array.from(records.flat()));
    const args = ['conv', '--data', images, '--depth', '1', '--iterations', '0', '--ridge', '1'];
    const six = await run([...args, '--limit', '7', '--json']);
    expect(six.code, six.stderr).toBe(0);
    expect(JSON.parse(six.stdout)).toMatchObject({ classes: 6 });
    const few = await run([...args, '--limit', '5']);
    expect(few.code).toBe(1);
    expect(few.stderr).toMatch(/^agop: --limit 5 is too few: the training images have 6 classes/);
  });
});

test('outputs are checked before the work, and the object is printed if a later write fails', async () => {
  const missing = await run([...small, '--report', folder.at('no/such/report.html'), '--json']);
  expect(missing).toMatchObject({ code: 1, stdout: '' });
  expect(missing.stderr).toMatch(
    /^agop: Cannot write '.*report\.html' \(--report\): there is no folder .*\n$/,
  );
  if (process.platform !== 'linux') return;
  // A limit on the size of files stands in for a full disk.
  const limited = `trap '' XFSZ; ulimit -f 1; exec "$@"`;
  const args = ['conv', '--data', data, '--depth', '1', '--iterations', '0', '--json'];
  const full = await startInShell(limited, [...args, '--output', folder.at('full.safetensors')]).ended;
  expect(full.code).toBe(1);
  expect(JSON.parse(full.stdout)).toMatchObject({ data: 'bars' });
  expect(full.stderr).toMatch(/^agop: Cannot write '.*full\.safetensors': EFBIG/m);
});

test('average pooling says what it costs before it begins', async () => {
  const args = ['conv', '--data', data, '--depth', '1', '--pooling', 'average', '--limit', '12'];
  const { code, stderr } = await run([...args, '--test-limit', '5', '--iterations', '0', '--json']);
  expect(code, stderr).toBe(0);
  expect(stderr.split('\n')[0]).toMatch(
    /^agop: --pooling average .* 12 images visits 1\.9e\+5 pairs of patches, 49 times as many/,
  );
});

describe('conv: clear errors', () => {
  test.each([
    [['conv'], /needs images: --data/],
    [
      ['conv', '--data', data, '--validation', 'some'],
      /--validation must be a share between 0 and 1, or none, but is 'some'/,
    ],
    [['conv', '--data', data, '--full'], /--full needs --task noisy-mnist/],
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
    [
      ['conv', '--data', data, '--memory', '0.0001'],
      /fewer images \(--limit\), --dtype float32, or raise --memory/,
    ],
    [['conv', '--data', folder.at('nowhere')], /nowhere \(--data\): there is no such file or folder/],
    [['conv', '--data', data, '--test', folder.at('nowhere')], /nowhere \(--test\): there is no such file/],
    [
      ['conv', '--task', 'noisy-mnist', '--data', folder.at('nowhere')],
      /nowhere \(--data\): there is no such/,
    ],
    [
      ['conv', '--task', 'noisy-mnist', '--data', data],
      /--task noisy-mnist means images of 28 x 28 x 1 .*bars \(--data\) are 9 x 9 x 1/,
    ],
    [
      ['conv', '--task', 'noisy-mnist', '--full', '--limit', '9', '--test-limit', '9'],
      /--full does not go with --limit and --test-limit/,
    ],
    [
      ['conv', '--data', data, '--iterations', '0', '--update', 'plain'],
      /--update does not go with --iterations 0/,
    ],
    [
      ['conv', '--data', data, '--iterations', '0', '--agop-images', '5'],
      /--agop-images does not go with --iterations 0/,
    ],
    [
      ['conv', '--data', data, '--kernel', 'laplace', '--bandwidth', '0'],
      /--bandwidth must be a positive number, but is 0/,
    ],
    [['conv', '--data', data, '--memory', '-1'], /--memory must be a positive number, but is -1/],
    [
      ['conv', '--data', data, '--test', folder.at('bars/t10k-images-idx3-ubyte.gz')],
      /no such file or folder/,
    ],
    [['conv', '--data', data, '--deep', '3'], /--deep must be below the kernel's --depth of 3/],
    [
      ['conv', '--data', data, '--patch-size', '4', '--padding', 'same'],
      /--padding same needs an odd --patch-size/,
    ],
    [['conv', '--data', data, '--patch-size', '10'], /Use a smaller --patch-size or --padding image/],
    [['conv', '--task', 'star', '--data', data], /--data does not go with --task star/],
    [['conv', '--task', 'star', '--full'], /--full does not go with --task star/],
    [
      ['conv', '--task', 'noisy-mnist', '--data', data, '--test', data],
      /--test does not go with --task noisy-mnist/,
    ],
    [
      ['conv', '--task', 'noisy-mnist', '--data', folder.at('bars/t10k-images-idx3-ubyte')],
      /needs the folder with MNIST's training and test files/,
    ],
    [
      ['conv', '--data', folder.at('bars/t10k-images-idx3-ubyte'), '--test-limit', '5'],
      /--test-limit needs test images/,
    ],
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
