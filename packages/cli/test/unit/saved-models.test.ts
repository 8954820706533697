import { mkdirSync, readFileSync } from 'node:fs';
import { decodeSafetensors, encodeSafetensors } from '@agop/estimators';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { classes, Folder, run } from '../program.ts';

const folder = new Folder();
afterAll(() => folder[Symbol.dispose]());

/** CIFAR-10 records of two classes: bright and dark images, with noise. */
function records(count: number): Uint8Array {
  const bytes = Uint8Array.from({ length: 3073 * count }, (_, at) => {
    const label = Math.floor(at / 3073) % 2;
    return 120 * label + ((at * 7919 + (at >> 5) * 31) % 113);
  });
  for (let i = 0; i < count; i++) bytes[3073 * i] = i % 2;
  return bytes;
}

mkdirSync(folder.at('images'));
folder.file('images/data_batch_1.bin', records(40));
const test12 = folder.file('images/test_batch.bin', records(12));
const table = folder.file(
  'sides.csv',
  `${classes(80)}`
    .replaceAll(',up\n', ',up,red\n')
    .replaceAll(',down\n', ',down,blue\n')
    .replace('side\n', 'side,colour\n'),
);

/** What `agop predict` and `agop inspect` say, as JSON. */
async function json(...args: string[]) {
  const { code, stdout, stderr } = await run([...args, '--json']);
  expect(code, stderr).toBe(0);
  return { result: JSON.parse(stdout), stderr };
}

describe('a model of agop collapse on a table', () => {
  const model = folder.at('network.safetensors');
  beforeAll(() =>
    json('collapse', '--data', table, '--target', 'side', '--depth', '2', '--width', '32', '-o', model),
  );

  test('inspect', async () => {
    const { result } = await json('inspect', model);
    expect(result).toMatchObject({
      kind: 'collapse',
      task: 'classification',
      target: ['side'],
      classes: ['down', 'up'],
      depth: 2,
      features: 7,
      kernel: { name: 'laplace', parameters: { bandwidth: 2 } },
      map: { name: 'randomRelu' },
      layers: [{ layer: 1, width: 32 }, { layer: 2 }],
    });
    expect(result.columns.at(-1)).toEqual({
      column: 'colour',
      kind: 'categorical',
      categories: ['blue', 'red'],
    });
    const { stdout } = await run(['inspect', model]);
    expect(stdout).toMatch(/^network\.safetensors: classification of side by a Deep RFM \(agop collapse\)$/m);
    expect(stdout).toMatch(/^ {2}colour: one of blue, red$/m);
  });

  test('predict, with the preprocessing that was saved', async () => {
    const { result, stderr } = await json('predict', model, table);
    expect(result).toMatchObject({ task: 'classification', target: ['side'], rows: 80 });
    expect(result.score.value).toBeGreaterThan(0.9);
    expect(stderr).toMatch(/accuracy 9\d\.\d % on these 80 rows|accuracy 100/);
    const rows = folder.file('new.csv', 'colour,e,d,c,b,a\nred,0,0,0,0,0.9\nblue,0,0,0,0,-0.9\n');
    expect((await run(['predict', model, rows])).stdout).toBe('side\nup\ndown\n');
    const refused = await run(['predict', model, rows, '--probabilities']);
    expect(refused.stderr).toMatch(/^agop: --probabilities does not go with a model of agop collapse/);
  });

  test('a file without preprocessing, and a damaged one', async () => {
    const { tensors, metadata } = decodeSafetensors(readFileSync(model));
    const { 'attachment.preprocessing': _, ...rest } = metadata;
    const bare = folder.file('bare.safetensors', encodeSafetensors(tensors, rest));
    const predicted = await run(['predict', bare, table]);
    expect(predicted.code).toBe(1);
    expect(predicted.stderr).toMatch(/^agop: .*bare\.safetensors was saved by a program.*DeepRFM\.load/);
    expect((await run(['inspect', bare])).code).toBe(0);
    const damaged = folder.file(
      'damaged.safetensors',
      encodeSafetensors(tensors, { ...metadata, model: '{}' }),
    );
    expect((await run(['inspect', damaged])).stderr).toMatch(/^agop: .*damaged\.safetensors: .*damaged/);
  });
});

test('a model of agop collapse on images', async () => {
  const model = folder.at('pictures.safetensors');
  const fit = ['collapse', '--data', 'cifar10', '--images', folder.at('images'), '--ridge', '0.1'];
  await json(...fit, '--depth', '1', '--width', '16', '-o', model);
  const inspected = await json('inspect', model);
  expect(inspected.result).toMatchObject({
    kind: 'collapse',
    features: 3072,
    image: { height: 32, width: 32, channels: 3 },
  });
  const { result } = await json('predict', model, test12);
  expect(result).toMatchObject({ target: ['class'], rows: 12, score: { metric: 'accuracy', value: 1 } });
});

describe('a model of agop conv', () => {
  const model = folder.at('conv.safetensors');
  beforeAll(() =>
    json('conv', '--data', folder.at('images'), '--depth', '1', '--iterations', '1', '-o', model),
  );

  test('inspect', async () => {
    const { result } = await json('inspect', model);
    expect(result).toMatchObject({
      kind: 'conv',
      task: 'classification',
      classes: [0, 1],
      images: 32,
      image: { height: 32, width: 32, channels: 3 },
      dtype: 'float32',
      kernel: { name: 'convolutionalNtk', parameters: { depth: 1 } },
      featureLayers: [],
    });
    const { stdout } = await run(['inspect', model]);
    expect(stdout).toMatch(/^conv\.safetensors: classification of images by ConvRFM \(agop conv\)$/m);
    expect(stdout).toMatch(/^NTK of 1 layer, patches of 3 x 3, ridge /m);
  });

  test('predict: a folder, a file, probabilities', async () => {
    const { result, stderr } = await json('predict', model, folder.at('images'), '--probabilities');
    expect(result).toMatchObject({ rows: 12, columns: ['class', 'p(0)', 'p(1)'], score: { value: 1 } });
    expect(stderr).toMatch(/these are the 12 test images/);
    const { stdout } = await run(['predict', model, test12]);
    expect(stdout).toBe(`class\n${'0\n1\n'.repeat(6)}`);
    for (const [label, dark, bright] of result.predictions) {
      expect(label).toBe(bright > dark ? 1 : 0);
      expect(dark + bright).toBeCloseTo(1, 12);
    }
  });

  test('a damaged description: the file is named', async () => {
    const { tensors, metadata } = decodeSafetensors(readFileSync(model));
    const description = JSON.parse(metadata['model'] ?? '');
    const foreign = {
      ...metadata,
      model: JSON.stringify({ ...description, kernel: { name: 'x', parameters: {} } }),
    };
    const path = folder.file('foreign.safetensors', encodeSafetensors(tensors, foreign));
    const predicted = await run(['predict', path, test12]);
    expect(predicted.code).toBe(1);
    expect(predicted.stderr).toMatch(/^agop: .*foreign\.safetensors: /);
    expect((await run(['inspect', path])).stdout).not.toMatch(/undefined/);
  });

  test('images of another size, a table', async () => {
    const small = folder.file(
      'small-images-idx3-ubyte',
      Uint8Array.from([0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4]),
    );
    const other = await run(['predict', model, small]);
    expect(other.code).toBe(1);
    expect(other.stderr).toMatch(/^agop: The model was made on images of 32 x 32 x 3 .* are 2 x 2 x 1/);
    expect((await run(['predict', model, table])).stderr).toMatch(
      /^agop: .*sides\.csv is not recognised as images/,
    );
    expect((await run(['predict', model, test12, '--delimiter', ';'])).stderr).toMatch(
      /^agop: --delimiter does not go with a model of images/,
    );
  });
});
