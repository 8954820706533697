import { join } from 'node:path';
import type { Backend } from '@agop/core';
import { modularTask } from '@agop/grokking';
import { type NetworkResult, trainNetwork } from '@agop/grokking/network';
import { imageGrid, lineChart } from '@agop/report';
import { metricPicture } from '../../src/grokking/metric.ts';
import { docs, type Save, saveJson } from '../page.ts';
import { circulantTransform, useWasmForNetworks } from './network-setup.ts';

const p = 61;
const operations = ['x + y', 'x - y', 'x * y', 'x / y'];
const epochAxis = { label: 'epoch' };

/** Networks of width 1024 on four operations. */
export async function drawOperations(backend: Backend, save: Save): Promise<void> {
  await useWasmForNetworks();
  const runs: NetworkResult[] = [];
  for (const operation of operations) {
    const run = await trainNetwork({ backend, task: modularTask({ operation, p, fraction: 0.5, seed: 0 }) });
    const last = run.epochs.at(-1);
    console.log(
      `${operation}: ${run.seconds.toFixed(0)} s, 100 % at epoch ${run.epochs.find((e) => e.testAccuracy === 1)?.epoch}, NFM ~ AGOP^1/2 ${last?.featureMatrixCorrelation}`,
    );
    runs.push(run);
  }
  saveJson(join(docs, 'results/grokking-network.json'), {
    command: 'pnpm reproduce:grokking-pictures --only network',
    p,
    width: 1024,
    runs: runs.map(({ seconds, epochs }, k) => ({ operation: operations[k], seconds, epochs })),
  });
  const series = (of: (e: NetworkResult['epochs'][number]) => number) =>
    runs.map((run, k) => ({ label: String(operations[k]), y: run.epochs.map(of) }));
  save(
    'network-accuracy',
    await lineChart({
      title: 'Networks: test accuracy per epoch, p = 61',
      series: series((e) => e.testAccuracy),
      x: epochAxis,
      y: { label: 'test accuracy', percent: true, domain: [0, 1] },
    }),
  );
  save(
    'network-deviation',
    await lineChart({
      title: 'Networks: deviation of the AGOP per epoch, p = 61',
      series: [
        ...runs.slice(0, 2).map((run, k) => ({
          label: `${operations[k]}, anti-diagonals`,
          y: run.epochs.map((e) => e.hankelDeviation ?? Number.NaN),
        })),
        ...runs.slice(0, 2).map((run, k) => ({
          label: `${operations[k]}, diagonals`,
          y: run.epochs.map((e) => e.circulantDeviation ?? Number.NaN),
        })),
      ],
      x: epochAxis,
      y: { label: 'deviation', domain: [0, 1] },
    }),
  );
  save(
    'network-matrices',
    imageGrid({
      title: 'Neural feature matrices and roots of AGOPs',
      pictures: [
        ...runs.map((run, k) => picture(run.last.featureMatrix, k, 'W1ᵀW1')),
        ...runs.map((run, k) => picture(run.last.agopRoot, k, 'AGOP^½')),
      ],
      columns: 4,
      width: 840,
      ramp: 'diverging',
    }),
  );
}

function picture(matrix: Float64Array, operation: number, name: string) {
  return { ...metricPicture(matrix, p, operation >= 2), label: `${name}, ${operations[operation]}` };
}

/**
 * The AGOP penalty in place of weight decay, at a size that takes minutes: the paper has p = 61, width 512,
 * batches of 128, a rate of 1 and 40 % of the table.
 */
export async function drawPenalties(backend: Backend, save: Save): Promise<void> {
  await useWasmForNetworks();
  const task = modularTask({ operation: '+', p: 31, fraction: 0.5, seed: 0 });
  const common = { backend, task, width: 256, batchSize: 64, optimizer: 'sgd', learningRate: 10 } as const;
  const kinds = {
    'weight decay': { weightDecay: 2e-5 },
    'AGOP trace': { agopPenalty: 1e-4 },
    neither: {},
  };
  const runs = [];
  for (const [label, kind] of Object.entries(kinds)) {
    const { epochs, seconds } = await trainNetwork({ ...common, ...kind, epochs: 3000, measureEvery: 50 });
    const all = epochs.find((e) => e.testAccuracy === 1)?.epoch;
    console.log(`${label}: ${seconds.toFixed(0)} s, ends at ${epochs.at(-1)?.testAccuracy}, 100 % at ${all}`);
    runs.push({ label, x: epochs.map((e) => e.epoch), y: epochs.map((e) => e.testAccuracy) });
  }
  save(
    'network-penalty',
    await lineChart({
      title: 'A penalty on the trace of the AGOP, x + y mod 31',
      series: runs,
      x: epochAxis,
      y: { label: 'test accuracy', percent: true, domain: [0, 1] },
    }),
  );
}

/** Random circulant features for networks. */
export async function drawTransformed(backend: Backend, save: Save): Promise<void> {
  await useWasmForNetworks();
  const task = modularTask({ operation: '+', p, fraction: 0.175, seed: 0 });
  const transform = await circulantTransform(backend, task, 0);
  const runs = [];
  for (const [label, options] of [
    ['random circulant', { transform }],
    ['one-hot', {}],
  ] as const) {
    const { epochs, seconds } = await trainNetwork({
      backend,
      task,
      ...options,
      epochs: 400,
      measureEvery: 10,
    });
    console.log(`${label}: ${seconds.toFixed(0)} s, ends at ${epochs.at(-1)?.testAccuracy}`);
    runs.push({ label, x: epochs.map((e) => e.epoch), y: epochs.map((e) => e.testAccuracy) });
  }
  save(
    'network-features',
    await lineChart({
      title: 'Networks on transformed inputs, 17.5 % of the table, x + y mod 61',
      series: runs,
      x: epochAxis,
      y: { label: 'test accuracy', percent: true, domain: [0, 1] },
    }),
  );
}
