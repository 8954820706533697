import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCpuBackend } from '@agop/backend-cpu';
import { ConvRFMClassifier } from '@agop/conv-rfm';
import { AgopError, type Backend, say } from '@agop/core';
import { flagNaming, type Given, resolve } from '@agop/core/options';
import { htmlPage } from '@agop/report';
import { afterAll, describe, expect, test, vi } from 'vitest';
import {
  type FiltersEvent,
  type FiltersRun,
  filtersOptions,
  filtersPage,
  filtersResult,
  filtersText,
  runFiltersExperiment,
} from '../src/filters.ts';
import { readFiltersData } from '../src/node.ts';
import { MemoryParts } from './memory-parts.ts';

vi.setConfig({ testTimeout: 120_000 });

const backend: Backend = await createCpuBackend();
const folder = mkdtempSync(join(tmpdir(), 'agop-filters-'));
afterAll(() => {
  backend.dispose();
  rmSync(folder, { recursive: true, force: true });
});

function file(name: string, content: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** An IDX file of unsigned bytes. */
function idx(shape: readonly number[], data: Uint8Array): Uint8Array {
  const sizes = shape.flatMap((n) => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255]);
  return Uint8Array.from([0, 0, 8, shape.length, ...sizes, ...data]);
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
const data = join(folder, 'bars');
mkdirSync(data);
const trainFile = file('bars/train-images-idx3-ubyte', training.images);
file('bars/train-labels-idx1-ubyte', training.labels);
const testFile = file('bars/t10k-images-idx3-ubyte', testing.images);
file('bars/t10k-labels-idx1-ubyte', testing.labels);
const small = { data, depth: 2, iterations: 1 } as const;

type Options = Given<typeof filtersOptions>;

async function run(
  given: Options,
  onEvent?: (event: FiltersEvent) => void,
  parts?: MemoryParts,
): Promise<FiltersRun> {
  const settings = resolve(filtersOptions, given);
  return runFiltersExperiment(settings, (seed) => readFiltersData(settings, seed), {
    backend,
    ...(onEvent && { onEvent }),
    ...(parts && { parts }),
  });
}

async function summaryOf(given: Options) {
  using done = await run(given);
  return done.result.summary;
}

/** What people read of a run, and its page. */
async function shown(given: Options) {
  using done = await run(given);
  const { facts, table, findings } = filtersText(done.result);
  const naming = flagNaming(filtersOptions);
  const text = [...facts, ...findings.map((words) => say(words, naming))].join('\n');
  return { facts, table, text, html: htmlPage(await filtersPage(done.result, naming)) };
}

describe('a run', () => {
  test('has every round, a report and a model', async () => {
    const rounds: string[] = [];
    using done = await run(small, (event) => {
      if (event.kind === 'round') rounds.push(`${event.iteration} of ${event.iterations}`);
    });
    expect(rounds).toEqual(['0 of 1', '1 of 1']);
    const { result, model } = done;
    const { summary } = result;
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
    });
    expect(summary.rounds.map(({ iteration }) => iteration)).toEqual([0, 1]);
    for (const { accuracy, mse, validation } of summary.rounds) {
      expect(accuracy).toBeGreaterThan(0.5);
      expect(mse).toBeGreaterThan(0);
      expect(validation?.accuracy).toBeGreaterThan(0.4);
    }
    const html = htmlPage({ ...(await filtersPage(result)), commandLine: 'agop conv' });
    for (const part of [
      'ConvRFM on bars',
      'Accuracy per round',
      'The filters it found',
      'What it looks at',
    ]) {
      expect(html).toContain(part);
    }
    expect(html).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)|NaN|undefined/);
    const read = filtersResult.parse(JSON.parse(JSON.stringify(result)));
    expect(read).toEqual(result);
    expect(htmlPage(await filtersPage(read))).toBe(htmlPage(await filtersPage(result)));

    using loaded = await ConvRFMClassifier.load<number>(await model.toBytes(), { backend });
    const kept = summary.rounds[summary.runs[0]?.best ?? -1];
    expect(loaded.best).toMatchObject({ iteration: kept?.iteration, ridge: kept?.ridge });
  });

  test('is the same for the same seed; several seeds give means and deviations', async () => {
    const parts = new MemoryParts();
    using two = await run({ ...small, seeds: 2 }, undefined, parts);
    const [first, again, both] = [await summaryOf(small), await summaryOf(small), two.result.summary];
    expect(again.rounds).toEqual(first.rounds);
    expect(both.runs.map(({ seed }) => seed)).toEqual([0, 1]);
    expect(both.runs[0]?.rounds).toEqual(first.rounds);
    const [a = Number.NaN, b = Number.NaN] = both.runs.map(({ rounds }) => rounds[1]?.accuracy ?? Number.NaN);
    // Interrupted after the first seed: its model comes back as it was.
    using resumed = await run({ ...small, seeds: 2 }, undefined, parts.killedBeforeLast());
    expect(resumed.result.summary.rounds).toEqual(both.rounds);
    expect(await resumed.model.toBytes()).toEqual(await two.model.toBytes());
    const { filters, views } = two.result;
    expect(resumed.result).toMatchObject({ filters, views });
    expect(both.rounds[1]?.accuracy).toBeCloseTo((a + b) / 2, 12);
    expect(both.rounds[1]?.accuracyDeviation).toBeCloseTo(Math.abs(a - b) / Math.SQRT2, 12);
  });

  test('every ingredient can be chosen', async () => {
    const summary = await summaryOf({
      data,
      limit: 40,
      testLimit: 30,
      validation: 0.5,
      seed: 3,
      kernel: 'nngp',
      depth: 2,
      patchSize: 3,
      padding: 'same',
      iterations: 1,
      ridge: [0.1, 0.01],
      update: 'plain',
      agopImages: 5,
      deep: 1,
      width: 4,
      activation: 'none',
      dtype: 'float64',
      memory: 1,
    });
    expect(summary).toMatchObject({
      testImages: 30,
      kernel: { name: 'convolutionalNngp', parameters: { depth: 2, padding: 'same' } },
      ridges: [0.1, 0.01],
      featureLayers: 1,
      dtype: 'float64',
    });
    expect(summary.rounds.map(({ layer, iteration }) => [layer, iteration])).toEqual([
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ]);
    const patches = await summaryOf({ data, kernel: 'gaussian', bandwidth: 0.5, iterations: 0 });
    expect(patches.kernel).toMatchObject({ name: 'patches.gaussian', parameters: { bandwidth: 0.5 } });
  });

  test('an abort ends it and frees all', async () => {
    const stop = new AbortController();
    const settings = resolve(filtersOptions, small);
    const before = backend.memory().tensors;
    const stopped = runFiltersExperiment(settings, (seed) => readFiltersData(settings, seed), {
      backend,
      signal: stop.signal,
      onEvent: () => stop.abort(),
    });
    await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
    expect(backend.memory().tensors).toBe(before);
  });
});

test('the star task: the learned metric finds the star', async () => {
  const { rounds, trainingImages, testImages } = await summaryOf({ task: 'star', testLimit: 100 });
  expect([trainingImages, testImages]).toEqual([50, 100]);
  const [fixed = Number.NaN, learned = Number.NaN] = rounds.map(({ accuracy }) => accuracy ?? Number.NaN);
  expect(learned - fixed).toBeGreaterThan(0.1);
  expect(learned).toBeGreaterThan(0.85);
});

describe('what it is judged on', () => {
  test('a folder with one image file: a fifth of each class is held out', async () => {
    const alone = join(folder, 'alone');
    mkdirSync(alone);
    file('alone/images-idx3-ubyte', training.images);
    file('alone/labels-idx1-ubyte', training.labels);
    const summary = await summaryOf({
      data: alone,
      depth: 1,
      iterations: 0,
      validation: 'none',
      limit: 50,
    });
    expect(summary).toMatchObject({ trainingImages: 50, testImages: 16, testHeldOut: true });
  });

  test('nothing held out: no scores, and no words that need them', async () => {
    const given: Options = { data: trainFile, depth: 1, iterations: 1, validation: 'none', limit: 30 };
    expect((await summaryOf(given)).rounds).toEqual([
      { layer: 0, iteration: 0, ridge: 1e-3, accuracy: null, mse: null },
      { layer: 0, iteration: 1, ridge: 1e-3, accuracy: null, mse: null },
    ]);
    const { table, text, html } = await shown(given);
    expect(table[0]).toMatch(/^round +ridge$/);
    expect(text).toMatch(/No images were held out, .* give test images \(--test\) .* \(--validation\)\./);
    for (const said of [text, html]) expect(/NaN|undefined|null/.exec(said)).toBeNull();
    expect(/ right[ ,]|Accuracy/.exec(html)).toBeNull();
  });

  test('several seeds: columns stay apart, and what each kept is said', async () => {
    const { table, text, html } = await shown({ ...small, seeds: 2 });
    const [means, head = '', ...rows] = table;
    expect(means).toBe('Means of 2 runs with seeds 0, 1:');
    expect(head).toMatch(/^round +accuracy +± +mse +ridge$/);
    for (const row of rows) {
      expect(row).toHaveLength(head.length);
      expect(row).toMatch(/^ +\d {2,}\d+\.\d % {2,}\d+\.\d % {2,}\d\.\d{4} {2,}(\de-\d|by seed)$/);
    }
    const kept = /Kept by validation: round [01] \(seed 0\); round [01] \(seed 1\)\./;
    expect(text).toMatch(kept);
    expect(text).not.toMatch(/Kept: round/);
    expect(html).toMatch(kept);
    expect(html).toMatch(/in the mean over 2 seeds/);
  });

  test('feature layers: rounds are named with their layer', async () => {
    const { table, text, html } = await shown({ ...small, deep: 1, width: 4, validation: 'none' });
    expect(table[0]).toMatch(/^layer +round +accuracy/);
    expect(text).toMatch(/Layer 0, round 0 is the fixed kernel\. In layer n, /);
    expect(html).toMatch(/the kernel of layer 1, round 1 on learned features \d/);
    expect(html).not.toMatch(/>Round 0 is/);
  });

  test('a sample of sorted images has every class', async () => {
    const records = Array.from({ length: 60 }, (_, i) => {
      const record = new Uint8Array(3073).fill(10 + 3 * i);
      record[0] = i < 55 ? 0 : i - 54;
      return [...record];
    });
    const sorted = file('sorted.bin', Uint8Array.from(records.flat()));
    const given = { data: sorted, depth: 1, iterations: 0, ridge: [1] };
    expect(await summaryOf({ ...given, limit: 7 })).toMatchObject({ classes: 6 });
    expect(await complaint({ ...given, limit: 5 })).toMatch(
      /^--limit 5 is too few: the training images have 6 classes/,
    );
  });
});

test('average pooling says what it costs before it begins', async () => {
  const said: string[] = [];
  const given: Options = { data, depth: 1, pooling: 'average', limit: 12, testLimit: 5, iterations: 0 };
  using _ = await run(given, (event) => {
    said.push(event.kind === 'note' ? say(event.text, flagNaming(filtersOptions)) : event.kind);
  });
  expect(said[0]).toMatch(
    /^--pooling average .* 12 images visits 1\.9e\+5 pairs of patches, 49 times as many.* --limit makes it less\.$/,
  );
});

/** What a command line says where a run is refused. */
async function complaint(given: Options): Promise<string> {
  try {
    (await run(given))[Symbol.dispose]();
  } catch (error) {
    if (AgopError.isInstance(error)) return say(error.wording, flagNaming(filtersOptions));
    throw error;
  }
  return '';
}

describe('refused, in the words of a command line', () => {
  const nowhere = join(folder, 'nowhere');
  test.each<[Options, RegExp]>([
    [{}, /needed: --data with a file or folder, or --task/],
    [{ data, patchSize: 12, depth: 1 }, /9 x 9 .* smaller than the patches of 12 x 12/],
    [{ data, depth: 5 }, /too small for 5 layers/],
    [{ data, memory: 0.0001 }, /fewer images.*--dtype float32, or raise --memory/],
    [{ data: nowhere }, /nowhere \(--data\): there is no such file or folder/],
    [{ data, test: nowhere }, /nowhere \(--test\): there is no such file/],
    [{ task: 'noisy-mnist', data: nowhere }, /nowhere \(--data\): there is no such/],
    [
      { task: 'noisy-mnist', data },
      /--task noisy-mnist means images of 28 x 28 x 1 .*bars \(--data\) are 9 x 9 x 1/,
    ],
    [{ data, test: `${testFile}.gz` }, /no such file or folder/],
    [{ data, deep: 3 }, /--deep must be below the kernel's --depth of 3/],
    [{ data, patchSize: 4, padding: 'same' }, /--padding same needs an odd --patch-size/],
    [{ data, patchSize: 10 }, /Use a smaller --patch-size or --padding image/],
    [{ task: 'noisy-mnist', data: testFile }, /needs the folder with MNIST's training and test files/],
    [{ data: testFile, testLimit: 5 }, /--test-limit needs test images: name them with --test/],
  ])('%j', async (given, message) => {
    expect(await complaint(given)).toMatch(message);
  });
});

const images = join(import.meta.dirname, '../../../../shared/data/images');
const imagesMissing = existsSync(images) ? '' : " (skipped: no folder 'shared/data/images' beside the clone)";

describe.skipIf(imagesMissing !== '')(`real images${imagesMissing}`, () => {
  test('digits in noise, and CIFAR-10 records', async () => {
    const noisy = await summaryOf({ task: 'noisy-mnist', limit: 40, testLimit: 20 });
    expect(noisy).toMatchObject({ image: { height: 42, width: 42, channels: 1 }, testImages: 20 });
    const cifar = await summaryOf({ data: join(images, 'cifar10'), limit: 40, testLimit: 20, depth: 1 });
    expect(cifar.image).toEqual({ height: 32, width: 32, channels: 3 });
  });
});
