import { createCpuBackend } from '@agop/backend-cpu';
import { AbortedError, OptionError } from '@agop/core';
import { resolve } from '@agop/core/options';
import {
  alignmentOptions,
  alignmentPage,
  alignmentResult,
  alignmentText,
  checkAlignmentSettings,
  runAlignment,
} from '@agop/experiments/alignment';
import { htmlPage } from '@agop/report';
import { expect, test } from 'vitest';
import { imageData } from '../src/alignment/data.ts';

const small = { samples: 60, width: 8, epochs: 4, batchSize: 16, seeds: 2 };

test.each([
  { study: 'trace', ...small, every: 2 },
  { study: 'speed', ...small },
  { study: 'early', samples: 30, seeds: 1, units: [4, 40] },
] as const)('$study: a result that is JSON, a report', { timeout: 60_000 }, async (given) => {
  using backend = await createCpuBackend({ threads: 1 });
  const settings = resolve(alignmentOptions, given);
  let fraction = 0;
  const result = await runAlignment(settings, undefined, {
    backend,
    onEvent: (event) => {
      expect(event.fraction).toBeGreaterThanOrEqual(fraction);
      ({ fraction } = event);
    },
  });
  expect(fraction).toBeCloseTo(1, 9);
  expect(alignmentResult.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
  expect(alignmentText(result).findings.length).toBeGreaterThan(0);
  expect(htmlPage(await alignmentPage(result))).toContain('2402.05271');
  const { traces, speeds, early } = result.summary;
  expect([traces.length, speeds.length, early.length]).toEqual(
    { trace: [2, 0, 0], speed: [0, 5, 0], early: [0, 0, 8] }[given.study],
  );
  for (const { epochs } of traces) {
    expect(epochs.map(({ epoch }) => epoch)).toEqual([0, 2, 4]);
    expect(epochs[2]?.layers[0]?.parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(1, 9);
  }
  // The prediction before training agrees with what a small step gives.
  for (const { widths } of early) {
    for (const { predicted, measured } of widths) {
      for (const [i, value] of predicted.entries()) expect(value).toBeCloseTo(measured[i] as number, 4);
    }
  }
  expect(backend.memory().tensors).toBe(0);
});

test('images: standardized channels, targets without mean, a small first rate', async () => {
  const images = (count: number) => ({
    data: Float32Array.from({ length: count * 12 }, (_, i) => 0.5 + Math.sin(i * i) / 4),
    shape: [count, 2, 2, 3] as const,
    labels: Int32Array.from({ length: count }, (_, i) => i % 3),
  });
  const data = imageData('made', images(30), images(9));
  const first = Array.from(data.train.x.data).filter((_, i) => i % 3 === 1);
  expect(first.reduce((sum, value) => sum + value, 0) / first.length).toBeCloseTo(0, 5);
  expect(Array.from(data.train.y.data).reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 9);
  using backend = await createCpuBackend({ threads: 1 });
  const settings = resolve(alignmentOptions, {
    data: 'cifar10',
    layers: 2,
    width: 6,
    epochs: 2,
    learningRate: 0.5,
  });
  const { summary } = await runAlignment(settings, data, { backend });
  const [trace] = summary.traces;
  expect(trace?.epochs[1]?.layers[0]?.relativeChange).toBeLessThan(1e-3);
  expect(trace?.epochs[2]?.layers[0]?.relativeChange).toBeGreaterThan(1e-3);
  expect(trace?.score.test).toBeLessThanOrEqual(1);
});

test('refuses what does not go together, and ends by an abort', async () => {
  const check = (given: Parameters<typeof resolve<typeof alignmentOptions>>[1]) => () =>
    checkAlignmentSettings(resolve(alignmentOptions, given));
  expect(check({ study: 'speed', data: 'cifar10' })).toThrow(OptionError);
  expect(check({ study: 'early', width: 3 })).toThrow(OptionError);
  expect(check({ units: [3] })).toThrow(OptionError);
  expect(check({ images: 'somewhere' })).toThrow(OptionError);
  expect(check({ data: 'mnist', full: true })).not.toThrow();
  using backend = await createCpuBackend({ threads: 1 });
  const aborted = runAlignment(resolve(alignmentOptions, small), undefined, {
    backend,
    signal: AbortSignal.abort(),
  });
  await expect(aborted).rejects.toThrow(AbortedError);
});
