import { mkdirSync, readFileSync } from 'node:fs';
import { encodeSafetensors } from '@agop/estimators';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { classes, Folder, houses, run } from '../program.ts';

const folder = new Folder();
afterAll(() => folder[Symbol.dispose]());

/** An IDX file of unsigned bytes. */
function idx(shape: readonly number[], data: Uint8Array): Uint8Array {
  const header = [0, 0, 8, shape.length, ...shape.flatMap((n) => [0, 0, n >>> 8, n & 255])];
  return Uint8Array.from([...header, ...data]);
}

/** Images of MNIST's size in two classes: bright above, or below. */
const images = folder.at('images');
mkdirSync(images);
for (const [part, count] of Object.entries({ train: 40, t10k: 20 })) {
  const pixels = Uint8Array.from({ length: count * 784 }, (_, at) => {
    const isUpper = at % 784 < 392;
    const isBright = isUpper === (Math.floor(at / 784) % 2 === 0);
    return (isBright ? 150 : 20) + ((at * at) % 97);
  });
  folder.file(`images/${part}-images-idx3-ubyte`, idx([count, 28, 28], pixels));
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 2);
  folder.file(`images/${part}-labels-idx1-ubyte`, idx([count], labels));
}

/** A model of TensorFlow.js as its two files. */
async function saveModel(name: string, layers: tf.layers.Layer[]): Promise<string> {
  const model = tf.sequential({ layers });
  const place = folder.at(name);
  mkdirSync(place);
  await model.save(
    tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
      const weightsManifest = [{ paths: ['weights.bin'], weights: weightSpecs }];
      folder.file(`${name}/model.json`, JSON.stringify({ modelTopology, weightsManifest }));
      folder.file(`${name}/weights.bin`, new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData)));
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  model.dispose();
  return `${place}/model.json`;
}

const numbers = (shape: readonly number[]) => ({
  dtype: 'float32' as const,
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i * i + 1)),
});

/** Runs a task with `--json` and a report, which must be there; what it printed. */
async function measure(task: string, ...options: string[]) {
  const report = folder.at(`${task}.html`);
  const ended = await run(['nfa', '--task', task, ...options, '--report', report, '--json']);
  expect(ended.code, ended.stderr).toBe(0);
  expect(ended.stdout.trim().split('\n')).toHaveLength(1);
  const html = readFileSync(report, 'utf8');
  expect(html).toContain('<svg');
  expect(html).not.toMatch(/undefined|NaN/);
  return { result: JSON.parse(ended.stdout), html, stderr: ended.stderr };
}

describe('nfa', () => {
  test('--task ansatz trains on images and measures each layer', async () => {
    const small = ['--images', images, '--width', '8', '--depth', '2', '--epochs', '2', '--seeds', '2'];
    const { result, html } = await measure('ansatz', ...small, '--controls', '1', '--agop-samples', '10');
    expect(result).toMatchObject({ samples: 40, testSamples: 20, report: expect.any(String) });
    expect(result.runs).toHaveLength(2);
    const [first] = result.runs;
    expect(first.layers.map(({ inputs }: { inputs: number }) => inputs)).toEqual([784, 8]);
    // Captions below pictures are whole.
    expect(html).toMatch(/>W0, before</);
    const people = await run(['nfa', '--task', 'ansatz', ...small]);
    expect(people.stdout).toMatch(/^layer 2 .* ± /m);
  });

  test('--task layers reads what other programs saved, in 16 bits, too', async () => {
    const whole = encodeSafetensors({ 'fc.weight': numbers([3, 2]), 'fc.gradient': numbers([5, 2, 3]) });
    const dump = folder.file('layers.safetensors', whole);
    const { result, html } = await measure('layers', '--dump', dump);
    expect(result).toMatchObject({ layers: [{ name: 'fc', units: 3, inputs: 2 }] });
    expect(html).toContain('Inputs that fc uses');
    // The weights as F16: 1, 0.5, -1, 2, 0.25, -0.5.
    const bits = Uint16Array.of(0x3c00, 0x3800, 0xbc00, 0x4000, 0x3400, 0xb800);
    const header = JSON.stringify({
      'fc.weight': { dtype: 'F16', shape: [3, 2], data_offsets: [0, 12] },
      'fc.gradient': { dtype: 'F16', shape: [1, 2, 3], data_offsets: [12, 24] },
    });
    const length = new Uint8Array(8);
    new DataView(length.buffer).setBigUint64(0, BigInt(header.length), true);
    const half = folder.file(
      'half.safetensors',
      Buffer.concat([length, Buffer.from(header), Buffer.from(bits.buffer), Buffer.from(bits.buffer)]),
    );
    const read = await run(['nfa', '--task', 'layers', '--dump', half, '--json']);
    expect(read.code, read.stderr).toBe(0);
    expect(JSON.parse(read.stdout).layers).toMatchObject([{ name: 'fc', units: 3, inputs: 2 }]);
    const missing = await run(['nfa', '--task', 'layers', '--dump', folder.at('none.safetensors')]);
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringMatching(/^agop: .*none\.safetensors/)]);
  });

  test('--task alignment follows layers, on data that are made', async () => {
    const { result } = await measure(
      ...(['alignment', '--epochs', '3', '--samples', '60', '--width', '8', '--every', '2'] as const),
    );
    const [trace] = result.traces;
    expect(trace.epochs.map(({ epoch }: { epoch: number }) => epoch)).toEqual([0, 2, 3]);
    const early = await run([
      'nfa',
      '--task',
      'alignment',
      '--study',
      'early',
      '--units',
      '8',
      '--samples',
      '30',
    ]);
    expect(early.code, early.stderr).toBe(0);
  });

  test('--task network-collapse trains on a table', async () => {
    const table = folder.file('classes.csv', classes(60));
    const { result } = await measure(
      ...(['network-collapse', '--data', table, '--layers', '2', '--width', '8', '--epochs', '2'] as const),
      ...['--gain', '1', '--decay', '0', '--validation', '0.2'],
    );
    expect(result.runs).toHaveLength(1);
  });

  test('--task filters-ansatz and filter-start take images', async () => {
    const network = await saveModel('filters', [
      tf.layers.conv2d({ filters: 3, kernelSize: 3, inputShape: [28, 28, 1], name: 'conv' }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 2, name: 'readout' }),
    ]);
    const { result } = await measure(
      ...(['filters-ansatz', '--network', network, '--images', images, '--count', '2'] as const),
    );
    const [measured] = result.networks;
    expect(measured.layers.map(({ name }: { name: string }) => name)).toEqual(['conv', 'readout']);
    const start = await measure(
      ...(['filter-start', '--images', images, '--samples', '20', '--test-samples', '10'] as const),
      ...['--agop-samples', '10', '--filters', '2', '--epochs', '1', '--seeds', '1', '--full'],
    );
    expect(start.result.curves).toHaveLength(6);
    expect(start.result).toMatchObject({ samples: 20, patchSize: 3, learningRate: 0.001, deviation: 0.005 });
    expect(start.html).toContain('>covariance</text>');
  });

  test.each([
    [
      ['--task', 'ansatz', '--epochs', '2', '--dump', 'x'],
      /^agop: --dump does not go with --task ansatz\.$/m,
    ],
    [['--task', 'nothing'], /^agop: --task must be one of/],
    [[], /^agop: --task must be given/],
    [['--task', 'ansatz', '--images', '/no/such/place'], /--images.*no\/such\/place|no\/such\/place/],
    [['--task', 'phenomena', '--phenomenon', 'lottery', '--mnist', '/no/such/place'], /no\/such\/place/],
    [['--task', 'network-collapse', '--data', '/no/such.csv'], /no\/such\.csv/],
  ])('%j is refused', async (options, message) => {
    const { code, stdout, stderr } = await run(['nfa', ...options]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/unexpected/);
  });
});

describe('inspect of a network', () => {
  let model = '';
  let table = '';
  beforeAll(async () => {
    const sizes = { kernelInitializer: tf.initializers.glorotUniform({ seed: 1 }) };
    model = await saveModel('dense', [
      tf.layers.dense({ units: 6, activation: 'relu', inputShape: [2], name: 'hidden', ...sizes }),
      tf.layers.dense({ units: 1, name: 'out', ...sizes }),
    ]);
    const [header, ...rows] = houses(40).trim().split('\n');
    table = folder.file('whole.csv', [header, ...rows.filter((row) => !row.startsWith('NA'))].join('\n'));
  });
  const left = ['--target', 'price', '--ignore', 'colour', '--ignore', 'town'];

  test('says which columns each layer uses, with a report', async () => {
    const report = folder.at('dense.html');
    const ended = await run(['inspect', model, '--data', table, ...left, '--report', report, '--json']);
    expect(ended.code, ended.stderr).toBe(0);
    const { layers, samples } = JSON.parse(ended.stdout);
    expect(samples).toBe(36);
    expect(layers.map(({ name, inputs }: Record<string, unknown>) => [name, inputs])).toEqual([
      ['hidden', 2],
      ['out', 6],
    ]);
    expect(layers[0].topInputs.map(({ name }: { name: string }) => name).sort()).toEqual(['area', 'noise']);
    expect(readFileSync(report, 'utf8')).toContain('Inputs that hidden uses');
    const people = await run(['inspect', model, '--data', table, ...left]);
    expect(people.stdout).toMatch(/^hidden uses .*area/m);
  });

  test.each([
    [[], /^agop: A model of TensorFlow\.js is inspected on data: --data with a table or images\.$/m],
    [['--data'], /holds texts, which the model cannot take\. Leave it out with --ignore colour/],
    [['--data', ...left, '--ignore', 'colr'], /--ignore colr is no column/],
    [
      ['--data', '--ignore', 'colour', '--ignore', 'town'],
      /takes rows of 2 numbers, but --data has rows of 3/,
    ],
  ])('%j is refused', async (options, message) => {
    const given = options.flatMap((option) => (option === '--data' ? ['--data', table] : [option]));
    const { code, stderr } = await run(['inspect', model, ...given]);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/unexpected/);
  });

  test('rows with a cell that is no number are named', async () => {
    const holes = folder.file('holes.csv', houses(40));
    const { code, stderr } = await run(['inspect', model, '--data', holes, ...left]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/Column 'area' of .*holes\.csv has no number in row \d+: .*--ignore area/);
  });
});
