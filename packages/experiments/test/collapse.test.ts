import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCpuBackend } from '@agop/backend-cpu';
import { AgopError, type Backend, say } from '@agop/core';
import { flagNaming, type Given, resolve } from '@agop/core/options';
import { DeepRFM } from '@agop/deep-rfm';
import { htmlPage } from '@agop/report';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import {
  type CollapseEvent,
  collapseOptions,
  collapsePage,
  collapsePanels,
  collapseResult,
  collapseText,
  runCollapseExperiment,
} from '../src/collapse.ts';
import { readCollapseData } from '../src/node.ts';

// Rows of 3072 pixels take a while on machines that are busy.
vi.setConfig({ testTimeout: 120_000 });

const backend: Backend = await createCpuBackend();
const folder = mkdtempSync(join(tmpdir(), 'agop-collapse-'));
afterAll(() => {
  backend.dispose();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => vi.unstubAllEnvs());

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** Points of two classes, divided by the first of five columns. */
function classes(rows: number): string {
  const lines = Array.from({ length: rows }, (_, i) => {
    const x = Array.from({ length: 5 }, (_, k) => Math.sin(12.9898 * (i + 1) * (k + 1) + 78.233 * k));
    return `${x.map((value) => value.toFixed(4)).join(',')},${(x[0] ?? 0) > 0 ? 'up' : 'down'}`;
  });
  return `a,b,c,d,e,side\n${lines.join('\n')}\n`;
}

const table = file('sides.csv', classes(80));
/** A run that takes a second. */
const small = { data: table, depth: 3, width: 48 } as const;

type Options = Given<typeof collapseOptions>;

async function run(given: Options, onEvent?: (event: CollapseEvent) => void) {
  const settings = resolve(collapseOptions, given);
  const data = await readCollapseData(settings);
  return runCollapseExperiment(settings, data, { backend, ...(onEvent && { onEvent }) });
}

async function summaryOf(given: Options) {
  using done = await run(given);
  return done.result.summary;
}

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

describe('a run', () => {
  test('has the metrics of every layer, a report and a model', async () => {
    const events: number[] = [];
    using done = await run(small, (event) => {
      if ('layers' in event) events.push(event.layers.length / event.depth);
    });
    expect(events).toEqual([1 / 3, 2 / 3, 1]);
    const { result, model } = done;
    const { summary } = result;
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
      expect(layer.nc4).toBeGreaterThan(0.5);
      expect(layer.nc4).toBeLessThanOrEqual(1);
    }
    const [first, , third] = summary.layers;
    expect(third?.nc1.projected).toBeLessThan(0.5 * (first?.nc1.input ?? 0));
    expect(summary.drop.projection).toBeGreaterThan(0);

    const html = htmlPage({ ...(await collapsePage(result)), commandLine: 'agop collapse' });
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
    const read = collapseResult.parse(JSON.parse(JSON.stringify(result)));
    expect(read).toEqual(result);
    expect(htmlPage(await collapsePage(read))).toBe(htmlPage(await collapsePage(result)));

    using loaded = await DeepRFM.load<string>(await model.toBytes(), { backend });
    expect(loaded.layers.map(({ train }) => train.projected.nc1.ratio)).toEqual(
      summary.layers.map(({ nc1 }) => nc1.projected),
    );
  });

  test('is the same for the same seed', async () => {
    const layers = async (seed: number) => (await summaryOf({ ...small, depth: 2, seed })).layers;
    const first = await layers(5);
    expect(await layers(5)).toEqual(first);
    expect(await layers(6)).not.toEqual(first);
  });

  test('every ingredient can be chosen', async () => {
    const summary = await summaryOf({
      data: table,
      target: 'side',
      samples: 40,
      validation: 0.5,
      depth: 1,
      map: 'cosine',
      spectrum: 'laplace',
      mapBandwidth: 3,
      width: 20,
      kernel: 'gaussian',
      bandwidth: 1.5,
      ridge: 0.01,
      iterations: 2,
      coding: 'one-hot',
      dtype: 'float32',
    });
    expect(summary).toMatchObject({
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

  test('an abort ends it and frees all', async () => {
    const stop = new AbortController();
    const settings = resolve(collapseOptions, small);
    const before = backend.memory().tensors;
    const stopped = runCollapseExperiment(settings, await readCollapseData(settings), {
      backend,
      signal: stop.signal,
      onEvent: () => stop.abort(),
    });
    await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
    expect(backend.memory().tensors).toBe(before);
  });
});

test('for people: curves, a table and a verdict', async () => {
  using done = await run(small);
  const { title, facts, table: lines, findings } = collapseText(done.result);
  expect(title).toBe('Neural collapse of Deep RFM on sides.csv');
  expect(collapsePanels(done.result.summary.layers).map(({ label }) => label)).toEqual([
    'NC1, training',
    'NC1, held out',
    'NC2, training',
    'accuracy',
  ]);
  expect(lines[0]).toMatch(/^layer +NC1: input +projected +features +NC2: projected +NC4 +accuracy$/);
  expect(lines.map((line) => line.length)).toEqual([76, 76, 76, 76]);
  expect(lines[1]).toMatch(/^ +1( +\d\.\d\de[+-]\d){4}( +\d+\.\d %){2}$/);
  expect(facts[1]).toMatch(/^3 layers of random ReLU features \(/);
  expect(findings.join('\n')).toMatch(/NC1 of the training rows falls by a factor of/);
  expect(findings.join('\n')).toMatch(/The projections with √M lower it by \d/);
});

test('classes of one row each: NC1 is said to be 0 from the start', async () => {
  const few = file('few.csv', 'a,b,class\n1,2,u\n2,1,v\n3,5,u\n4,4,v\n5,3,v\n');
  using done = await run({ data: few, validation: 0.9, depth: 1, width: 8 });
  const said = collapseText(done.result).findings.join('\n');
  expect(said).toMatch(/^NC1 is 0 at the input already: no class has two rows that differ\.$/m);
  expect(said).not.toMatch(/falls from 0/);
  expect(htmlPage(await collapsePage(done.result))).toContain(
    'NC1 over depth, training rows: 0 in every layer.',
  );
});

test('digits come with the source code', async () => {
  const summary = await summaryOf({ samples: 150, depth: 1, width: 64 });
  expect(summary).toMatchObject({ data: 'digits', trainingRows: 150, heldOutRows: 359 });
});

const images = join(import.meta.dirname, '../../../../shared/data/images');
const imagesMissing = existsSync(images) ? '' : " (skipped: no folder 'shared/data/images' beside the clone)";

describe.skipIf(imagesMissing !== '')(`images by path${imagesMissing}`, () => {
  test('MNIST without a path is found in the folder that AGOP_DATA names', async () => {
    vi.stubEnv('AGOP_DATA', join(images, '..'));
    const summary = await summaryOf({ data: 'mnist', samples: 60, testSamples: 30, depth: 1, width: 48 });
    expect(summary).toMatchObject({ data: 'mnist', trainingRows: 60, heldOutRows: 30 });
  });

  test('a folder with training and test files', async () => {
    const summary = await summaryOf({
      data: 'mnist',
      images: join(images, 'mnist'),
      samples: 120,
      testSamples: 60,
      depth: 1,
      width: 32,
    });
    expect(summary).toMatchObject({ data: 'mnist', trainingRows: 120, heldOutRows: 60, features: 784 });
  });

  test('one file, of which a part is held out', async () => {
    const path = join(images, 'mnist/t10k-images-idx3-ubyte.gz');
    const summary = await summaryOf({ data: 'mnist', images: path, samples: 100, depth: 1, width: 16 });
    expect(summary).toMatchObject({ data: 'mnist', trainingRows: 80, heldOutRows: 20, features: 784 });
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

describe('rows', () => {
  test('samples of a sorted table have every class', async () => {
    const lines = Array.from(
      { length: 60 },
      (_, i) => `${Math.sin(i + 1)},${Math.cos(3 * i)},${i < 40 ? 'a' : i < 55 ? 'b' : 'c'}`,
    );
    const sorted = { data: file('sorted.csv', `x,y,kind\n${lines.join('\n')}\n`), depth: 1, width: 8 };
    expect(await summaryOf({ ...sorted, samples: 16 })).toMatchObject({
      trainingRows: 16,
      heldOutRows: 12,
      classes: ['a', 'b', 'c'],
    });
    expect(await complaint({ ...sorted, samples: 2 })).toMatch(
      /^--samples 2 is too few: the training rows have 3 classes/,
    );
  });

  test('a folder without test images: a part is held out, and it says so', async () => {
    mkdirSync(join(folder, 'alone'));
    file('alone/data_batch_1.bin', records(Array.from({ length: 20 }, (_, i) => i % 2)));
    file('alone/data_batch_2.bin', records(Array.from({ length: 20 }, () => 2)));
    const given = { data: 'cifar10', images: join(folder, 'alone'), depth: 1, width: 8, ridge: 1 };
    expect(await summaryOf(given)).toMatchObject({ trainingRows: 32, heldOutRows: 8, classes: [0, 1, 2] });
    const { remark = '' } = await readCollapseData(resolve(collapseOptions, given));
    expect(say(remark, flagNaming(collapseOptions))).toMatch(
      /alone has no test images: 8 of 40 images are held out \(--validation\)\.$/,
    );
  });
});

/** What a command line says where a run is refused. */
async function complaint(given: Options): Promise<string> {
  try {
    (await run(given))[Symbol.dispose]();
  } catch (error) {
    if (AgopError.isInstance(error)) return say(error.wording, flagNaming(collapseOptions));
    throw error;
  }
  return '';
}

describe('refused, in the words of a command line', () => {
  const twice = file('twice.csv', `${classes(30)}${classes(30).split('\n').slice(1).join('\n')}`);
  const cifar = file('cifar.bin', records([0, 1, 0, 1, 2, 2]));
  const both = file('more.bin', records([1, 2, 0, 2]));
  const signs = file('signs.bin', records([0, 1, 0, 42]));
  const numbers = file('numbers.csv', 'a,class\n1,x\n2,x\n3,x\n');
  const nowhere = join(folder, 'nowhere');
  const cifar10 = { data: 'cifar10', images: cifar };
  test.each<[Options, RegExp]>([
    [{ data: 'mnist' }, /--data mnist needs --images/],
    [{ data: 'mnist', images: nowhere }, /nowhere \(--images\): there is no such file or folder/],
    [{ ...cifar10, testImages: nowhere }, /nowhere \(--test-images\): there is no such file or folder/],
    [
      { data: 'mnist', images: cifar },
      /^--data mnist means images of 28 x 28 x 1 .* \(--images\) are 32 x 32 x 3/,
    ],
    [
      { data: 'cifar10', images: signs },
      /cifar10 means the classes 0 to 9, but .* \(--images\) has an image of class 42/,
    ],
    [{ ...cifar10, testImages: signs }, /classes 0 to 9, but .* \(--test-images\) has an image of class 42/],
    [
      { data: 'minst' },
      /Cannot read minst \(--data\): there is no such file\. --data is mnist, cifar10, digits or the path/,
    ],
    [{ ...cifar10, target: 'x' }, /--target does not go with --data cifar10, which is images/],
    [{ ...cifar10, testSamples: 3 }, /--test-samples needs test images/],
    [{ ...cifar10, testImages: cifar }, /--test-images names the training images again/],
    [{ ...cifar10, testImages: both, validation: 0.5 }, /--validation does not go with test images/],
    [{ ...cifar10, testImages: both, samples: 4 }, /class 2.*Raise --samples/],
    [
      { data: table, target: 'a' },
      /'a' looks like numbers, not classes: \d+ different values in 80 rows.* --target/,
    ],
    [{ images: 'somewhere' }, /--images needs --data mnist or cifar10/],
    [{ testSamples: 5 }, /--test-samples needs --data mnist or cifar10/],
    [{ data: join(folder, 'none.csv') }, /Cannot read .*none\.csv \(--data\): there is no such file/],
    [{ data: table, target: 'nope' }, /nope/],
    [{ data: numbers }, /one class only/],
    [
      { data: twice },
      /not numerically positive definite.*duplicate rows with ridge 0.*raise --ridge.*use --dtype float64/,
    ],
  ])('%j', async (given, message) => {
    vi.stubEnv('AGOP_DATA', join(folder, 'nothing'));
    expect(await complaint(given)).toMatch(message);
  });
});
