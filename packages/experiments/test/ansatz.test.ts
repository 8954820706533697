import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCpuBackend } from '@agop/backend-cpu';
import { AbortedError, FormatError, OptionError } from '@agop/core';
import { resolve } from '@agop/core/options';
import { encodeSafetensors } from '@agop/estimators';
import {
  ansatzOptions,
  ansatzPage,
  ansatzResult,
  ansatzText,
  checkAnsatzSettings,
  runAnsatz,
} from '@agop/experiments/ansatz';
import {
  filtersAnsatzOptions,
  filtersAnsatzPage,
  filtersAnsatzResult,
  filtersAnsatzText,
  runFiltersAnsatz,
} from '@agop/experiments/filters-ansatz';
import { layersOptions, layersPage, layersResult, layersText, runLayers } from '@agop/experiments/layers';
import { readLayersDump } from '@agop/experiments/node';
import { htmlPage } from '@agop/report';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { MemoryParts } from './memory-parts.ts';

/** Images of two classes: bright on the left, or on the right. */
function halves(count: number) {
  const labels = Int32Array.from({ length: count }, (_, i) => i % 2);
  const data = Float32Array.from({ length: count * 36 }, (_, at) => {
    const side = at % 6 < 3 ? 0 : 1;
    return (side === labels[Math.floor(at / 36)] ? 0.6 : 0.1) + 0.3 * Math.abs(Math.sin(at * at));
  });
  return { data, shape: [count, 6, 6, 1] as const, labels };
}

describe('the ansatz on dense networks', () => {
  const settings = resolve(ansatzOptions, {
    width: 12,
    depth: 2,
    epochs: 8,
    seeds: 2,
    controls: 1,
    validation: 0.25,
  });
  const data = { name: 'halves', training: halves(40), test: halves(20) };

  test('learns, measures each layer, is JSON, and has a report', async () => {
    using backend = await createCpuBackend();
    const told: string[] = [];
    const parts = new MemoryParts();
    const result = await runAnsatz(settings, data, {
      backend,
      parts,
      onEvent: ({ kind }) => told.push(kind),
    });
    expect(told.filter((kind) => kind === 'epoch')).toHaveLength(16);
    expect(ansatzResult.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
    const { runs, samples, validationSamples } = result.summary;
    expect([samples, validationSamples]).toEqual([30, 10]);
    for (const { testAccuracy, layers } of runs) {
      expect(testAccuracy).toBeGreaterThan(0.9);
      expect(layers.map(({ units, inputs }) => [units, inputs])).toEqual([
        [12, 36],
        [12, 12],
      ]);
      for (const { moved, published, trained } of layers) {
        expect(moved).toBeGreaterThan(0);
        expect(published.cosine).toBeGreaterThan(0);
        expect(trained.rootPearson).toBeLessThanOrEqual(1);
      }
    }
    const resumed = await runAnsatz(settings, data, { backend, parts: parts.killedBeforeLast() });
    expect(resumed.summary.runs.map(({ layers }) => layers)).toEqual(runs.map(({ layers }) => layers));
    expect(resumed.pictures).toEqual(result.pictures);
    expect(ansatzText(result).table).toHaveLength(11);
    expect(htmlPage(await ansatzPage(result))).toContain('as published');
    expect(backend.memory().tensors).toBe(0);
  });

  test('ends where it is told to, and refuses shares that leave nothing', async () => {
    using backend = await createCpuBackend();
    const signal = AbortSignal.abort();
    await expect(runAnsatz(settings, data, { backend, signal })).rejects.toThrow(AbortedError);
    expect(backend.memory().tensors).toBe(0);
    const none = resolve(ansatzOptions, { samples: 3, validation: 0.01 });
    expect(() => checkAnsatzSettings(none)).toThrow(OptionError);
  });
});

test('filters of a network: each layer beside its controls, pictures of the first, a report', async () => {
  await tf.setBackend('cpu');
  using backend = await createCpuBackend();
  const before = tf.memory().numTensors;
  // The same network each time that it is opened.
  const weights = (seed: number) => tf.initializers.glorotUniform({ seed });
  const open = async () => ({
    name: 'small',
    white: 1,
    model: tf.sequential({
      layers: [
        tf.layers.conv2d({
          filters: 4,
          kernelSize: 3,
          activation: 'relu',
          inputShape: [8, 8, 1],
          name: 'first',
          kernelInitializer: weights(1),
        }),
        tf.layers.depthwiseConv2d({ kernelSize: 2, depthwiseInitializer: weights(2) }),
        tf.layers.flatten(),
        tf.layers.dense({ units: 3, activation: 'softmax', kernelInitializer: weights(3) }),
      ],
    }),
  });
  const settings = resolve(filtersAnsatzOptions, { count: 2, seeds: 2, controls: 1 });
  const data = { tf, networks: [open], images: halves(10), imagesName: 'halves' };
  const parts = new MemoryParts();
  const result = await runFiltersAnsatz(settings, data, { backend, parts });
  expect(filtersAnsatzResult.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
  const [network] = result.summary.networks;
  expect(network?.layers.map(({ name, trained, rotated }) => [name, trained.length, rotated.length])).toEqual(
    [
      ['first', 2, 2],
      [expect.any(String), 2, 2],
    ],
  );
  expect(network?.skipped).toHaveLength(1);
  expect(result.pictures[0]?.agop[0]?.data).toHaveLength(9);
  const resumed = await runFiltersAnsatz(settings, data, { backend, parts: parts.killedBeforeLast() });
  const { layers, skipped } = resumed.summary.networks[0] ?? {};
  expect({ layers, skipped }).toEqual({ layers: network?.layers, skipped: network?.skipped });
  expect(resumed.pictures).toEqual(result.pictures);
  expect(filtersAnsatzText(result).findings).toHaveLength(1);
  expect(htmlPage(await filtersAnsatzPage(result))).toContain('Leading eigenvectors');
  expect(tf.memory().numTensors).toBe(before);
});

test('filters of a network whose units are at rest: no correlations, and a result that can be read', async () => {
  await tf.setBackend('cpu');
  using backend = await createCpuBackend();
  const open = async () => {
    const first = tf.layers.conv2d({
      filters: 4,
      kernelSize: 3,
      activation: 'relu',
      inputShape: [8, 8, 1],
      biasInitializer: tf.initializers.constant({ value: -1e3 }),
      name: 'first',
    });
    const last = tf.layers.dense({ units: 3, activation: 'softmax' });
    return { name: 'small', white: 1, model: tf.sequential({ layers: [first, tf.layers.flatten(), last] }) };
  };
  const settings = resolve(filtersAnsatzOptions, { count: 2, seeds: 1, controls: 1 });
  const data = { tf, networks: [open], images: halves(10), imagesName: 'halves' };
  const result = await runFiltersAnsatz(settings, data, { backend });
  expect(result.summary.networks[0]?.layers[0]?.trained[0]?.cosine).toBeNaN();
  expect(filtersAnsatzResult.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
  const { table, findings } = filtersAnsatzText(result);
  expect(findings.join()).toMatch(/no convolution has an AGOP/);
  expect([...table, ...findings, htmlPage(await filtersAnsatzPage(result))].join()).not.toContain('NaN');
});

test('layers from files: read, described, and refused where something is missing', async () => {
  using backend = await createCpuBackend();
  const folder = mkdtempSync(join(tmpdir(), 'agop-layers-'));
  try {
    const array = (shape: readonly number[]) => ({
      dtype: 'float32' as const,
      shape,
      data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i * i + 1)),
    });
    const whole = join(folder, 'whole.safetensors');
    writeFileSync(
      whole,
      encodeSafetensors({
        'conv.weight': array([3, 2, 2, 2]),
        'conv.gradient': array([4, 2, 3, 5, 5]),
        'conv.initial': array([3, 2, 2, 2]), // The same: nothing has moved.
        'fc.weight': array([2, 3]),
        'fc.gradient': array([4, 2, 2]),
      }),
    );
    const result = await runLayers(resolve(layersOptions, { dump: whole }), await readLayersDump(whole), {
      backend,
    });
    expect(layersResult.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
    expect(result.summary.layers.map(({ name, inputs, change }) => [name, inputs, change?.relative])).toEqual(
      [
        ['conv', 8, undefined],
        ['fc', 3, undefined],
      ],
    );
    expect(layersText(result).table[1]).toMatch(/^conv/);
    expect(htmlPage(await layersPage(result))).toContain('Inputs that conv uses');
    const half = join(folder, 'half.safetensors');
    writeFileSync(half, encodeSafetensors({ 'fc.weight': array([2, 3]) }));
    await expect(readLayersDump(half)).rejects.toThrow(/no 'fc.gradient'/);
    await expect(readLayersDump(folder)).rejects.toThrow(FormatError);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
