import type { Backend } from '@agop/core';
import { type GrokkingResult, modularTask, runGrokking } from '@agop/grokking';
import {
  blockSpectrum,
  fourierContent,
  groupOrder,
  metricBlocks,
  reorderMetric,
  tableOutputs,
} from '@agop/grokking/analysis';
import { imageGrid, lineChart } from '@agop/report';
import { withoutMeans } from './matrices.ts';
import type { Save } from './save.ts';

const p = 61;
const operations = ['x + y', 'x - y', 'x * y', 'x / y'];
const iteration = { label: 'iteration' };

/** Four operations, half of the table, Gaussian kernel: what one sees, what happens meanwhile, metrics and their spectrum. */
export async function drawKernelMachines(backend: Backend, save: Save): Promise<void> {
  const runs: GrokkingResult[] = [];
  for (const operation of operations) {
    const task = modularTask({ operation, p, fraction: 0.5, seed: 0 });
    const run = await runGrokking({ backend, task });
    const name = task.operations[0];
    const share = name && fourierContent(tableOutputs(task, run.last), name, p).share;
    const last = run.iterations.at(-1);
    console.log(
      `${operation}: ${run.seconds.toFixed(1)} s, test accuracy ${last?.testAccuracy}, Fourier share ${share}`,
    );
    runs.push(run);
  }
  const series = (of: (i: GrokkingResult['iterations'][number]) => number) =>
    runs.map((run, k) => ({ label: String(operations[k]), y: run.iterations.map(of) }));

  save(
    'accuracy',
    await lineChart({
      title: 'Test accuracy per iteration, p = 61',
      series: series((i) => i.testAccuracy),
      x: iteration,
      y: { label: 'test accuracy', percent: true, domain: [0, 1] },
    }),
  );
  save(
    'loss',
    await lineChart({
      title: 'Test loss per iteration, p = 61',
      series: series((i) => i.testLoss),
      x: iteration,
      y: { label: 'test loss', domain: [0, 0.02] },
      levels: [{ value: 1 / p, label: 'all outputs 0: 1/p' }],
    }),
  );
  save(
    'deviation',
    await lineChart({
      title: 'Circulant deviation of the AGOP per iteration, p = 61',
      series: series((i) => i.circulantDeviation ?? Number.NaN),
      x: iteration,
      y: { label: 'circulant deviation', domain: [0, 1] },
    }),
  );
  save(
    'alignment',
    await lineChart({
      title: 'Alignment with the last AGOP per iteration, p = 61',
      series: series((i) => i.alignment ?? Number.NaN),
      x: iteration,
      y: { label: 'AGOP alignment' },
    }),
  );

  const [add, sub, mul, div] = runs as [GrokkingResult, GrokkingResult, GrokkingResult, GrokkingResult];
  const shown = [0, 4, 8, 29];
  save(
    'metric-add',
    metricRow('The metric of x + y', add, shown, (m) => m),
  );
  save(
    'metric-mul',
    metricRow('The metric of x * y', mul, shown, (m) => m),
  );
  save(
    'metric-mul-reordered',
    metricRow('The metric of x * y, reordered', mul, shown, (m) => reorderMetric(m, p)),
  );
  save(
    'metrics',
    imageGrid({
      title: 'Last metrics of four operations',
      pictures: [add, sub, mul, div].map((run, k) => {
        const metric = withoutMeans(run.nextMetrics.at(-1) as Float64Array, p);
        return {
          data: k < 2 ? metric : reorderMetric(metric, p),
          height: 2 * p,
          width: 2 * p,
          label: `${operations[k]}${k < 2 ? '' : ', reordered'}`,
        };
      }),
      columns: 4,
      width: 840,
      ramp: 'diverging',
    }),
  );
  save(
    'spectrum',
    imageGrid({
      title: 'Fourier transforms of the off-diagonal block of x + y',
      pictures: shown.map((at) => ({
        data: blockSpectrum(
          groupOrder(metricBlocks(add.nextMetrics[at] as Float64Array, p).lowerLeft, 'additive'),
        ).map((power, i) => (i === 0 ? 0 : Math.sqrt(power))),
        height: p,
        width: p,
        label: `iteration ${at}`,
      })),
      columns: shown.length,
      width: 840,
      ramp: 'sequential',
    }),
  );
}

function metricRow(
  title: string,
  run: GrokkingResult,
  shown: readonly number[],
  of: (metric: Float64Array) => Float64Array,
): string {
  return imageGrid({
    title,
    pictures: shown.map((at) => ({
      data: of(withoutMeans(run.nextMetrics[at] as Float64Array, p)),
      height: 2 * p,
      width: 2 * p,
      label: `iteration ${at}`,
    })),
    columns: shown.length,
    width: 840,
    ramp: 'diverging',
  });
}
