import { parseSettings, resolve } from '@agop/core/options';
import {
  bitsOfImages,
  checkHashingSettings,
  hashingPage,
  hashingResult,
  hashingRunOptions,
  hashingText,
  runHashingExperiment,
} from '@agop/experiments/hashing';
import { hashingOptions } from '@agop/hashing';
import { htmlPage } from '@agop/report';
import { expect, test } from 'vitest';
import { MemoryParts } from './memory-parts.ts';

const images = {
  data: Float32Array.from({ length: 40 * 64 }, (_, i) => ((i * 37 + Math.floor(i / 64) * 11) % 256) / 255),
  shape: [40, 8, 8, 1] as const,
};
const settings = resolve(hashingRunOptions, { threshold: 128, radius: 3, trees: 4, rounds: 10, queries: 3 });

test('a comparison: numbers within bounds, the same again, a result that is JSON, a report', async () => {
  const data = bitsOfImages(images, settings);
  expect([data.points.rows, data.points.bits, data.grid]).toEqual([40, 64, [8, 8, 1]]);
  const told: string[] = [];
  const parts = new MemoryParts();
  const { result, forest } = await runHashingExperiment(settings, data, {
    parts,
    onEvent: ({ strategy, trees }) => told.push(`${strategy} ${trees}`),
  });
  expect(told).toHaveLength(12);
  expect(forest.settings.strategy).toBe('game');
  expect(hashingResult.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
  for (const one of result.summary.forests) {
    expect(one.smallest).toBeLessThanOrEqual(one.worstHundredth);
    expect(one.worstHundredth).toBeLessThanOrEqual(one.worstTenth);
    expect(one.worstTenth).toBeLessThanOrEqual(one.mean);
    expect(one.rootBound).toBeGreaterThanOrEqual(one.rootPayoff);
  }
  const resumed = await runHashingExperiment(settings, data, { parts: parts.killedBeforeLast() });
  expect(resumed.forest.toBytes()).toEqual(forest.toBytes());
  expect(resumed.result.drawn).toEqual(result.drawn);
  const again = await runHashingExperiment(settings, data, {});
  expect(again.result.drawn).toEqual(result.drawn);
  expect(hashingText(result).table).toHaveLength(4);
  const page = htmlPage(await hashingPage(result));
  expect(page).toContain('What the root tests');
});

test('images of several channels become smaller first', () => {
  const [channels, side] = [3, 8];
  const colored = {
    data: Float32Array.from({ length: side * side * channels }, (_, i) => (i % channels === 1 ? 0.5 : 0.1)),
    shape: [1, side, side, channels] as const,
  };
  const { points, grid } = bitsOfImages(colored, { ...settings, data: 'cifar10', threshold: 100 });
  expect(grid).toEqual([2, 2, 3]);
  expect(Array.from({ length: 12 }, (_, i) => points.get(0, i))).toEqual([
    0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0,
  ]);
});

test('settings are checked', () => {
  const twice = parseSettings(hashingRunOptions, { strategies: ['game', 'game'] });
  expect(() => checkHashingSettings(twice)).toThrow(/twice/);
  expect(() => parseSettings(hashingRunOptions, { threshold: 300 })).toThrow(/threshold/);
  expect(hashingRunOptions.trees).toBe(hashingOptions.trees);
});
