import { createCpuBackend } from '@agop/backend-cpu';
import type { Backend, FloatDType } from '@agop/core';
import { AbortedError, OptionError } from '@agop/core';
import { parseSettings, resolve } from '@agop/core/options';
import {
  checkNetworkCollapseSettings,
  networkCollapseOptions,
  networkCollapsePage,
  networkCollapseResult,
  networkCollapseText,
  runNetworkCollapse,
} from '@agop/experiments/network-collapse';
import type { Fixture } from '@agop/fixtures';
import { DenseNetwork, networkAlignment } from '@agop/nfa/network';
import { htmlPage } from '@agop/report';
import { enginesWith } from '@agop/test-support/engines';
import { describeFixtures, expectOutputs } from '@agop/test-support/parity';
import { describe, expect, test } from 'vitest';
import { measureNetwork } from '../src/network-collapse/measure.ts';
import { MemoryParts } from './memory-parts.ts';

describeFixtures('network_collapse', (fixtures) => {
  for (const { name, dtypes, create } of enginesWith(1)) {
    for (const dtype of dtypes) {
      test.each(fixtures.map((fixture) => ({ fixture, title: fixture.name })))(
        `$title on ${name} in ${dtype}`,
        async ({ fixture }) => {
          using backend = await create();
          expectOutputs(fixture, dtype, await resultsOf(backend, dtype, fixture));
          expect(backend.memory().tensors).toBe(0);
        },
      );
    }
  }
});

async function resultsOf(backend: Backend, dtype: FloatDType, fixture: Fixture) {
  const layers = Array.from({ length: fixture.params['layers'] as number }, (_, i) => ({
    weights: fixture.input(`W${i}`),
  }));
  using network = await DenseNetwork.fromLayers({ backend, layers, dtype });
  const x = fixture.input('X');
  const y = Array.from(fixture.input('labels').data);
  const classes = [...new Set(y)].sort((a, b) => a - b);
  const { layers: measured } = await measureNetwork(network, network, { x, y }, classes, undefined);
  const maps = ['none', 'right', 'left', 'gradient'] as const;
  return {
    prediction: (await network.predict(x)).data,
    nc1: measured.flatMap(({ nc1 }) => maps.map((map) => nc1[map])),
    nc2: measured.flatMap(({ nc2 }) => maps.map((map) => nc2[map])),
    share: measured.map(({ share }) => share ?? Number.NaN),
    moved: measured.flatMap(({ between, within }) => [between, within]),
    nfa: (await networkAlignment(network, network, x)).flatMap(
      ({ uncentered: { cosine, pearson, root } }) => [
        cosine,
        pearson,
        root?.cosine ?? Number.NaN,
        root?.pearson ?? Number.NaN,
      ],
    ),
  };
}

describe('collapse of a trained network', () => {
  const centers = [0, 2, 4];
  const rows = (n: number, shift: number) => ({
    x: {
      data: Float64Array.from(
        { length: n * 4 },
        (_, at) => Math.sin(at * 1.7 + shift) + (centers[Math.floor(at / 4) % 3] === at % 4 ? 3 : 0),
      ),
      shape: [n, 4],
    },
    y: Array.from({ length: n }, (_, i) => ['a', 'b', 'c'][i % 3] as string),
  });
  const data = { name: 'made', training: rows(60, 0), held: rows(30, 0.5) };
  const settings = resolve(networkCollapseOptions, {
    ...{ layers: 2, width: 8, gain: [1], decay: [0, 1e-3], epochs: 12, every: 5, batchSize: 16, seeds: 2 },
  });

  test('a run: the same again, a result that is JSON, a report', async () => {
    using backend = await createCpuBackend({ threads: 1 });
    const told: string[] = [];
    const parts = new MemoryParts();
    const result = await runNetworkCollapse(settings, data, {
      ...{ backend, parts },
      onEvent: ({ decay, seed, epoch }) => told.push(`${decay} ${seed} ${epoch}`),
    });
    // Each epoch, and before training twice: when it begins and when it has been measured.
    expect(told).toHaveLength(4 * (12 + 2));
    expect(told.slice(0, 3)).toEqual(['0 0 0', '0 0 0', '0 0 1']);
    expect(networkCollapseResult.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
    const { runs } = result.summary;
    expect(runs.map(({ decay, seed }) => `${decay} ${seed}`)).toEqual(['0 0', '0 1', '0.001 0', '0.001 1']);
    for (const { epochs, heldOut } of runs) {
      expect(epochs.map(({ epoch }) => epoch)).toEqual([0, 5, 10, 12]);
      const [before, after] = [epochs[0], epochs.at(-1)];
      expect(before?.layers[0]?.centeredNfa).toBeNull();
      expect(after?.layers[0]?.nc1.none).toBe(before?.layers[0]?.nc1.none);
      expect(after?.layers[1]?.nc1.left).toBeLessThan(before?.layers[1]?.nc1.left as number);
      expect(after?.accuracy).toBeGreaterThan(before?.accuracy as number);
      expect(heldOut?.layers).toHaveLength(2);
      for (const { nc3 } of after?.layers ?? []) {
        expect(nc3).toBeGreaterThanOrEqual(0);
        expect(nc3).toBeLessThanOrEqual(1);
      }
    }
    const timeless = (one: typeof result) => ({
      ...one.summary.runs.map(({ seconds: _, ...run }) => run),
      grams: one.grams,
    });
    const resumed = await runNetworkCollapse(settings, data, { backend, parts: parts.killedBeforeLast() });
    expect(timeless(resumed)).toEqual(timeless(result));
    const again = await runNetworkCollapse(settings, data, { backend, grams: false });
    expect(again.grams).toEqual([]);
    expect(again.summary.runs.map(({ epochs }) => epochs)).toEqual(runs.map(({ epochs }) => epochs));
    expect(networkCollapseText(result).findings[0]).toContain('held out');
    expect(htmlPage(await networkCollapsePage(result))).toContain('Share of S Vᵀ');
    expect(backend.memory().tensors).toBe(0);
  });

  test('refuses what does not go together, and ends by an abort', async () => {
    expect(() => checkNetworkCollapseSettings({ ...settings, gain: [1, 1] })).toThrow(OptionError);
    expect(() => parseSettings(networkCollapseOptions, { momentum: 1 })).toThrow(OptionError);
    using backend = await createCpuBackend({ threads: 1 });
    const aborted = runNetworkCollapse(settings, data, { backend, signal: AbortSignal.abort() });
    await expect(aborted).rejects.toThrow(AbortedError);
    expect(backend.memory().tensors).toBe(0);
  });
});
