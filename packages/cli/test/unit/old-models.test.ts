import { readFileSync } from 'node:fs';
import { ConvRFMClassifier, ConvRFMRegressor } from '@agop/conv-rfm';
import type { Backend } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { DeepRFM } from '@agop/deep-rfm';
import { RFMClassifier, RFMRegressor } from '@agop/rfm';
import { afterEach, beforeEach, expect, test } from 'vitest';

/**
 * Models that the first version wrote, format 1 of every estimator: they load, and predict the same bits. The
 * naive backend computes, in float64, whose results do not depend on the machine.
 */
const folder = new URL('../models-0.0.0/', import.meta.url);
const { points, ...expected } = JSON.parse(readFileSync(new URL('expected.json', folder), 'utf8'));

const fromHex = (hex: string): Float64Array =>
  new Float64Array(Uint8Array.from(Buffer.from(hex, 'hex')).buffer);
const toHex = (values: ArrayLike<number>): string =>
  Buffer.from(Float64Array.from(values).buffer).toString('hex');
const rows = { data: fromHex(points.data), shape: points.rows };
const images = { data: fromHex(points.images), shape: points.imageShape };

let backend: Backend;
beforeEach(() => {
  backend = createNaiveBackend();
});
afterEach(() => {
  expect(backend.memory().tensors).toBe(0);
  backend.dispose();
});

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** What a saved model of each kind predicts and remembers. */
const kinds: Readonly<Record<string, (bytes: Uint8Array) => Promise<object>>> = {
  async RFMRegressor(bytes) {
    using model = await RFMRegressor.load(bytes, { backend });
    return {
      predictions: toHex(await model.predict(rows)),
      best: model.best,
      history: model.history,
      importances: toHex(await model.featureImportances()),
      attachments: model.attachments,
    };
  },
  async RFMClassifier(bytes) {
    using model = await RFMClassifier.load(bytes, { backend });
    return {
      classes: model.classes,
      labels: await model.predict(rows),
      predictions: toHex(await model.predictProba(rows)),
      best: model.best,
      history: model.history,
    };
  },
  async DeepRFM(bytes) {
    using model = await DeepRFM.load(bytes, { backend });
    return {
      classes: model.classes,
      labels: await model.predict(rows),
      features: toHex((await model.transform(rows, model.depth)).data),
      input: model.input,
      layers: model.layers,
    };
  },
  async ConvRFMClassifier(bytes) {
    using model = await ConvRFMClassifier.load(bytes, { backend });
    return {
      classes: model.classes,
      labels: await model.predict(images),
      predictions: toHex(await model.decisionFunction(images)),
      best: model.best,
      history: model.history,
      snapshots: model.snapshots.map((snapshot) => ({ ...snapshot, transform: toHex(snapshot.transform) })),
    };
  },
  async ConvRFMRegressor(bytes) {
    using model = await ConvRFMRegressor.load(bytes, { backend });
    return { predictions: toHex(await model.predict(images)), best: model.best, history: model.history };
  },
};

test.each(Object.entries<{ kind: string }>(expected))('%s', async (name, { kind, ...wanted }) => {
  const read = kinds[kind];
  if (!read) throw new Error(`no reader of ${kind}`);
  const bytes = new Uint8Array(readFileSync(new URL(`${name}.safetensors`, folder)));
  expect(plain(await read(bytes))).toEqual(wanted);
});
