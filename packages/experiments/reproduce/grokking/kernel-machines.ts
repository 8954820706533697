import type { Backend } from '@agop/core';
import {
  type GrokkingIteration,
  type GrokkingResult,
  grokkingSteps,
  type ModularOperation,
  modularTask,
  runGrokking,
} from '@agop/grokking';
import { fitCirculantFeatures, fourierContent, tableOutputs } from '@agop/grokking/analysis';
import { imageGrid, type LineChartOptions, lineChart } from '@agop/report';
import { metricPicture } from '../../src/grokking/metric.ts';
import { offDiagonalBlock, spectrumPicture } from '../../src/grokking/spectrum.ts';
import type { Save } from '../page.ts';

const p = 61;
const operations = ['x + y', 'x - y', 'x * y', 'x / y'];
const iteration = { label: 'iteration' };
const accuracy = { label: 'test accuracy', percent: true, domain: [0, 1] } as const;
const taskOf = (operation: string, fraction = 0.5) => modularTask({ operation, p, fraction, seed: 0 });

/**
 * Four operations, half of the table, Gaussian kernel: what one sees, what happens meanwhile, metrics and
 * their spectrum.
 */
export async function drawKernelMachines(backend: Backend, save: Save): Promise<void> {
  const runs: GrokkingResult[] = [];
  for (const operation of operations) {
    const task = taskOf(operation);
    const run = await runGrokking({ backend, task });
    const { share } = fourierContent(tableOutputs(task, run.last), task.operations[0] as ModularOperation, p);
    const reached = run.iterations.at(-1)?.testAccuracy;
    console.log(
      `${operation}: ${run.seconds.toFixed(1)} s, test accuracy ${reached}, Fourier share ${share}`,
    );
    runs.push(run);
  }
  const chart = async (
    name: string,
    title: string,
    of: (i: GrokkingIteration) => number,
    y: LineChartOptions['y'] & object,
    more: Pick<LineChartOptions, 'levels'> = {},
  ): Promise<void> => {
    const series = runs.map((run, k) => ({ label: String(operations[k]), y: run.iterations.map(of) }));
    save(
      name,
      await lineChart({ title: `${title} per iteration, p = 61`, series, x: iteration, y, ...more }),
    );
  };
  await chart('accuracy', 'Test accuracy', (i) => i.testAccuracy, accuracy);
  await chart(
    'loss',
    'Test loss',
    (i) => i.testLoss,
    { label: 'test loss', domain: [0, 0.02] },
    { levels: [{ value: 1 / p, label: 'all outputs 0: 1/p' }] },
  );
  await chart('deviation', 'Circulant deviation of the AGOP', (i) => i.circulantDeviation ?? Number.NaN, {
    label: 'circulant deviation',
    domain: [0, 1],
  });
  await chart('alignment', 'Alignment with the last AGOP', (i) => i.alignment ?? Number.NaN, {
    label: 'AGOP alignment',
  });

  const [add, , mul] = runs as [GrokkingResult, GrokkingResult, GrokkingResult];
  const shown = [0, 4, 8, 29];
  const row = (title: string, run: GrokkingResult, isReordered = false): string =>
    imageGrid({
      title,
      pictures: shown.map((at) => ({
        ...metricPicture(run.nextMetrics[at] as Float64Array, p, isReordered),
        label: `iteration ${at}`,
      })),
      columns: shown.length,
      width: 840,
      ramp: 'diverging',
    });
  save('metric-add', row('The metric of x + y', add));
  save('metric-mul', row('The metric of x * y', mul));
  save('metric-mul-reordered', row('The metric of x * y, reordered', mul, true));
  save(
    'metrics',
    imageGrid({
      title: 'Last metrics of four operations',
      pictures: runs.map((run, k) => ({
        ...metricPicture(run.nextMetrics.at(-1) as Float64Array, p, k >= 2),
        label: `${operations[k]}${k < 2 ? '' : ', reordered'}`,
      })),
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
        data: spectrumPicture(offDiagonalBlock(add.nextMetrics[at] as Float64Array, p, 'additive')),
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

/** How much of the kernel machine is a Fourier multiplication algorithm, iteration by iteration, x + y. */
export async function drawFourierShare(backend: Backend, save: Save): Promise<void> {
  const task = taskOf('x + y');
  const operation = task.operations[0] as ModularOperation;
  const shares: number[] = [];
  const accuracies: number[] = [];
  for await (const step of grokkingSteps({ backend, task })) {
    shares.push(fourierContent(tableOutputs(task, step), operation, p).share);
    accuracies.push(step.measures.testAccuracy);
  }
  console.log(`Fourier share by iteration: ${shares.map((share) => share.toFixed(3)).join(' ')}`);
  save(
    'fourier-share',
    await lineChart({
      title: 'How much of the machine is a Fourier multiplication algorithm, x + y mod 61',
      series: [
        { label: 'Fourier share', y: shares },
        { label: 'test accuracy', y: accuracies },
      ],
      x: iteration,
      y: { percent: true, domain: [0, 1] },
    }),
  );
}

/**
 * Test accuracy by training fraction: random circulant features, the machine that learns features, and one
 * that has none.
 */
export async function drawCirculantFeatures(backend: Backend, save: Save): Promise<void> {
  const fractions = [0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5];
  for (const [name, operation] of [
    ['add', 'x + y'],
    ['mul', 'x * y'],
  ] as const) {
    const series = ['random circulant', 'RFM, 30 iterations', 'plain kernel'].map((label) => ({
      label,
      x: fractions,
      y: [] as number[],
    }));
    for (const fraction of fractions) {
      const task = taskOf(operation, fraction);
      const random = (await fitCirculantFeatures({ backend, task, seed: 0 })).test.accuracy;
      const { iterations } = await runGrokking({ backend, task });
      const [plain, learned] = [iterations[0]?.testAccuracy, iterations.at(-1)?.testAccuracy];
      for (const [k, value] of [random, learned, plain].entries()) series[k]?.y.push(value ?? Number.NaN);
      console.log(operation, fraction, random, learned, plain);
    }
    save(
      `features-${name}`,
      await lineChart({
        title: `Random circulant features, ${operation} mod ${p}`,
        series,
        x: { label: 'training fraction', percent: true },
        y: accuracy,
      }),
    );
  }
}

/** x + y and x^2 + y^2 learned by one machine: two jumps. Source: Mallinar et al. 2025, appendix G. */
export async function drawTwoTasks(backend: Backend, save: Save): Promise<void> {
  const task = modularTask({ operation: ['+', 'x^2 + y^2'], p, fraction: 0.8, seed: 0 });
  const { iterations, seconds } = await runGrokking({
    backend,
    task,
    onIteration: ({ iteration: at, operations: each }) =>
      console.log(at, each?.map((one) => one.testAccuracy.toFixed(4)).join(' ')),
  });
  console.log(`two tasks: ${task.train.size} training rows, ${seconds.toFixed(0)} s`);
  save(
    'two-tasks',
    await lineChart({
      title: 'Two tasks at once, p = 61',
      series: task.operations.map(({ formula }, k) => ({
        label: formula,
        y: iterations.map((i) => i.operations?.[k]?.testAccuracy ?? Number.NaN),
      })),
      x: iteration,
      y: accuracy,
    }),
  );
}
