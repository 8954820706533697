import type { Backend } from '@agop/core';
import { modularTask, runGrokking } from '@agop/grokking';
import { fitCirculantFeatures } from '@agop/grokking/analysis';
import { lineChart } from '@agop/report';
import type { Save } from './save.ts';

const p = 61;
const fractions = [0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5];

/** Test accuracy by training fraction: random circulant features, the machine that learns features, and one that has none. */
export async function drawCirculantFeatures(backend: Backend, save: Save): Promise<void> {
  for (const [name, operation] of [
    ['add', 'x + y'],
    ['mul', 'x * y'],
  ] as const) {
    const random: number[] = [];
    const learned: number[] = [];
    const plain: number[] = [];
    for (const fraction of fractions) {
      const task = modularTask({ operation, p, fraction, seed: 0 });
      random.push((await fitCirculantFeatures({ backend, task, seed: 0 })).test.accuracy);
      const { iterations } = await runGrokking({ backend, task });
      plain.push(iterations[0]?.testAccuracy ?? Number.NaN);
      learned.push(iterations.at(-1)?.testAccuracy ?? Number.NaN);
      console.log(operation, fraction, random.at(-1), learned.at(-1), plain.at(-1));
    }
    save(
      `features-${name}`,
      await lineChart({
        title: `Random circulant features, ${operation} mod ${p}`,
        series: [
          { label: 'random circulant', x: fractions, y: random },
          { label: 'RFM, 30 iterations', x: fractions, y: learned },
          { label: 'plain kernel', x: fractions, y: plain },
        ],
        x: { label: 'training fraction', percent: true },
        y: { label: 'test accuracy', percent: true, domain: [0, 1] },
      }),
    );
  }
}
