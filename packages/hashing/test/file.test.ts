import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FormatError, randomArray } from '@agop/core';
import { decodeSafetensors, encodeSafetensors, type HostTensor } from '@agop/estimators';
import { RobustHashForest } from '@agop/hashing';
import { expect, it } from 'vitest';
import { clusteredBits } from './data.ts';

const rows = clusteredBits(60, 40);
const forest = await new RobustHashForest({ radius: 2, trees: 3, rounds: 20, strategy: 'published' }).fit(
  rows,
);
const bytes = forest.toBytes();

it('comes back from its file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'agop-hashing-'));
  const path = join(folder, 'forest.safetensors');
  await forest.save(path);
  const loaded = await RobustHashForest.load(path);
  rmSync(folder, { recursive: true });
  expect(loaded.settings).toEqual(forest.settings);
  expect(loaded.query(rows)).toEqual(forest.query(rows));
  expect(loaded.toBytes()).toEqual(bytes);
});

it('believes nothing: every number of a file changed, one by one', async () => {
  const { tensors, metadata } = decodeSafetensors(bytes);
  let refused = 0;
  for (const [name, tensor] of Object.entries(tensors)) {
    const places = randomArray(12, 'uniform', { seed: 5 }, 'float64');
    for (const place of places) {
      for (const value of [-2, -1, 0, 7, 1_000_000, 2 ** 31 - 1]) {
        const data = Int32Array.from(tensor.data);
        const at = Math.floor(place * data.length);
        if (data[at] === value) continue;
        data[at] = value;
        const damaged: HostTensor = { ...tensor, data };
        const error = await RobustHashForest.load(
          encodeSafetensors({ ...tensors, [name]: damaged }, metadata),
        ).then(
          (loaded) => loaded.query(rows) && undefined,
          (thrown: unknown) => thrown,
        );
        if (error === undefined) continue;
        expect(FormatError.isInstance(error), String(error)).toBe(true);
        refused += 1;
      }
    }
  }
  expect(refused).toBeGreaterThan(200);
});

it('refuses other files, descriptions without their parts, and versions to come', async () => {
  const { tensors, metadata } = decodeSafetensors(bytes);
  const wrong = [
    {},
    { format: 'agop.rfm', model: metadata['model'] ?? '' },
    { format: 'agop.hash-forest', model: 'null' },
    { format: 'agop.hash-forest', model: '{"version":1}' },
    { format: 'agop.hash-forest', model: (metadata['model'] ?? '').replace('"bits":40', '"bits":33') },
    { format: 'agop.hash-forest', model: (metadata['model'] ?? '').replace('"trees":3', '"trees":2') },
  ];
  for (const one of wrong) {
    await expect(RobustHashForest.load(encodeSafetensors(tensors, one))).rejects.toThrow(FormatError);
  }
  const later = { ...metadata, model: (metadata['model'] ?? '').replace('"version":1', '"version":2') };
  await expect(RobustHashForest.load(encodeSafetensors(tensors, later))).rejects.toThrow(
    /update @agop\/hashing/,
  );
  const { next: _, ...lacking } = tensors;
  await expect(RobustHashForest.load(encodeSafetensors(lacking, metadata))).rejects.toThrow(/'next'/);
  await expect(RobustHashForest.load(bytes.slice(0, 300))).rejects.toThrow(FormatError);
});
