import type { Backend } from '@agop/core';
import { grokkingSteps, type ModularOperation, modularTask } from '@agop/grokking';
import { fourierContent, tableOutputs } from '@agop/grokking/analysis';
import { lineChart } from '@agop/report';
import type { Save } from './save.ts';

const p = 61;

/** How much of the kernel machine is a Fourier multiplication algorithm, iteration by iteration, x + y. */
export async function drawFourierShare(backend: Backend, save: Save): Promise<void> {
  const task = modularTask({ operation: 'x + y', p, fraction: 0.5, seed: 0 });
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
      x: { label: 'iteration' },
      y: { percent: true, domain: [0, 1] },
    }),
  );
}
