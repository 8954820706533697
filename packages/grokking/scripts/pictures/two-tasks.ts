import type { Backend } from '@agop/core';
import { modularTask, runGrokking } from '@agop/grokking';
import { lineChart } from '@agop/report';
import type { Save } from './save.ts';

/** x + y and x^2 + y^2 learned by one machine: two jumps. Source: Mallinar et al. 2025, appendix G. */
export async function drawTwoTasks(backend: Backend, save: Save): Promise<void> {
  const task = modularTask({ operation: ['+', 'x^2 + y^2'], p: 61, fraction: 0.8, seed: 0 });
  const { iterations, seconds } = await runGrokking({
    backend,
    task,
    onIteration: ({ iteration, operations }) =>
      console.log(iteration, operations?.map((one) => one.testAccuracy.toFixed(4)).join(' ')),
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
      x: { label: 'iteration' },
      y: { label: 'test accuracy', percent: true, domain: [0, 1] },
    }),
  );
}
