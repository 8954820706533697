import { createCpuBackend } from '@agop/backend-cpu';
import { OptionError } from '@agop/core';
import { resolve } from '@agop/core/options';
import {
  checkPhenomenaSettings,
  phenomenaOptions,
  phenomenaPage,
  phenomenaResult,
  phenomenaText,
  runPhenomena,
} from '@agop/experiments/phenomena';
import { htmlPage } from '@agop/report';
import { expect, test } from 'vitest';
import { beside, columnsOf, marked, pooled } from '../src/phenomena/images.ts';
import { nextOf } from '../src/phenomena/markers.ts';
import { MemoryParts } from './memory-parts.ts';

/** Images of ten classes, each brighter in a stripe of its own. */
function images(count: number, size: number, channels: number, shift: number) {
  const length = size * size * channels;
  return {
    data: Float32Array.from({ length: count * length }, (_, at) => {
      const [image, place] = [Math.floor(at / length), at % length];
      const row = Math.floor(place / channels / size);
      const bright = Math.floor((row * 10) / size) === image % 10 ? 0.5 : 0;
      return bright + (1 + Math.sin(at * 12.9898 + shift)) / 4;
    }),
    shape: [count, size, size, channels] as const,
    labels: Int32Array.from({ length: count }, (_, i) => i % 10),
  };
}

const divided = (size: number, channels: number) => ({
  training: images(100, size, channels, 0),
  test: images(40, size, channels, 1),
});

test('a run of all: a result that is JSON, the same again, a report', { timeout: 60_000 }, async () => {
  using backend = await createCpuBackend({ threads: 1 });
  const settings = resolve(phenomenaOptions, {
    ...{ many: 8, few: 2, perClass: 3, tickets: 40, threshold: [0.3], epochs: 2, width: 4 },
  });
  const data = { cifar10: divided(32, 3), mnist: divided(28, 1) };
  const told = new Set<string>();
  const parts = new MemoryParts();
  const result = await runPhenomena(settings, data, {
    ...{ backend, parts },
    onEvent: ({ phenomenon }) => told.add(phenomenon),
  });
  expect([...told]).toEqual(['delayed', 'spurious', 'simplicity', 'lottery']);
  expect(phenomenaResult.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
  const { delayed, spurious, simplicity, lottery } = result.summary;
  expect(delayed[0]?.iterations.map(({ train }) => train)).toEqual([1, 1, 1, 1]);
  expect(delayed[0]?.iterations[3]?.markerShare).toBeGreaterThan(delayed[0]?.iterations[0]?.markerShare ?? 1);
  expect(spurious[0]?.size).toBeCloseTo(27 / 768, 12);
  expect(spurious[0]?.shares.metric).toBeGreaterThan(2 * (spurious[0]?.size ?? 1));
  expect(simplicity[0]?.testImages).toBe(40);
  expect(lottery[0]?.tickets[0]?.pixels).toBeGreaterThan(0);
  const spuriousAlone = { ...settings, phenomenon: ['spurious'], few: undefined, threshold: [] } as const;
  const again = await runPhenomena(spuriousAlone, data, { backend });
  expect(again.summary.spurious).toEqual(spurious);
  const resumed = await runPhenomena(settings, data, { backend, parts: parts.killedBeforeLast() });
  const { seconds } = result.summary;
  expect({ ...resumed, summary: { ...resumed.summary, seconds } }).toEqual(result);
  expect(phenomenaText(result).findings).toHaveLength(4);
  expect(htmlPage(await phenomenaPage(result))).toContain('Lottery tickets');
  expect(backend.memory().tensors).toBe(0);
});

test('published sizes, as far as there are images', async () => {
  using backend = await createCpuBackend({ threads: 1 });
  const settings = resolve(phenomenaOptions, {
    ...{ full: true, phenomenon: ['delayed', 'simplicity'], epochs: 1, width: 4 },
  });
  const data = { cifar10: divided(32, 3), mnist: divided(28, 1) };
  const { delayed, simplicity } = (await runPhenomena(settings, data, { backend })).summary;
  expect(delayed.map(({ contrast, few, many }) => [contrast, few, many])).toEqual([[1, 10, 10]]);
  expect(delayed[0]?.iterations).toHaveLength(6);
  expect(simplicity[0]?.perClass).toBe(10);
});

test('images are halved, marked, and put beside each other', () => {
  const photos = pooled(images(3, 32, 3, 0));
  expect([photos.height, photos.width, photos.data.length]).toEqual([16, 16, 3 * 768]);
  const given = images(3, 32, 3, 0).data;
  const mean = [0, 3, 96, 99].reduce((sum, at) => sum + (given[at] as number) / 4, 0);
  expect(photos.data[0]).toBeCloseTo(mean, 6);
  const digits = pooled(images(3, 28, 1, 0));
  expect(digits.data.slice(0, 16)).toEqual(new Float32Array(16));
  const region = { row: 1, column: 3, size: 2 };
  const painted = marked(photos, region, (label) => label);
  expect(columnsOf(photos, region)).toHaveLength(12);
  expect(painted.data[768 + (1 * 16 + 3) * 3]).toBe(1);
  const both = beside(photos, digits);
  expect([both.width, both.data[(20 * 32 + 16) * 3 - 1]]).toEqual([32, both.data[(20 * 32 + 16) * 3 - 1]]);
  expect(both.data[(5 * 32 + 20) * 3 + 2]).toBe(digits.data[5 * 16 + 4]);
});

test('each seed takes the next images, from the beginning again at the end', () => {
  expect(nextOf([1, 2, 3, 4, 5], 2, 0)).toEqual([1, 2]);
  expect(nextOf([1, 2, 3, 4, 5], 2, 2)).toEqual([5, 1]);
  expect(nextOf([1, 2], 9, 3)).toEqual([1, 2]);
});

test('refuses what does not go together', () => {
  const check = (given: Parameters<typeof resolve<typeof phenomenaOptions>>[1]) => () =>
    checkPhenomenaSettings(resolve(phenomenaOptions, given));
  expect(check({ phenomenon: ['lottery', 'lottery'] })).toThrow(OptionError);
  expect(check({ phenomenon: ['lottery'], few: 3 })).toThrow(OptionError);
  expect(check({ phenomenon: ['delayed'], threshold: [0.1] })).toThrow(OptionError);
  expect(check({ threshold: [0.1], few: 3 })).not.toThrow();
});
