// The table of papers/grokking.md: after how many iterations a Recursive Feature Machine answers all test
// pairs, by operation, modulus, training fraction and kernel, over five splits.
//
//   pnpm reproduce:grokking [--only 'p=31'] [--seeds 5] [--out DIR]
//
// Writes papers/results/grokking.json after every row, and the table between the markers of the page at
// the end. Rows that the file has already are kept, but with `--again`; `--only` computes the rows whose name
// contains it again.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCpuBackend } from '@agop/backend-cpu';
import { type Backend, NotPositiveDefiniteError } from '@agop/core';
import { text, whole } from '@agop/core/options';
import { grokkingSteps, modularTask } from '@agop/grokking';
import { gaussian, type Kernel, laplace, quadratic } from '@agop/rfm';
import * as z from 'zod/mini';
import { type PartStore, RunParts } from '../../src/run-parts.ts';
import { fillTables, markdownTable, outOption, saveJson } from '../page.ts';
import { program } from '../program.ts';

/** A run ends when all test pairs are right, or after this many iterations. */
const mostIterations = 60;

interface Setting {
  readonly operation: string;
  readonly p: number;
  readonly fraction: number;
  readonly kernel: 'Gaussian, L = 2.5' | 'quadratic' | 'Laplace, L = 2.5';
}

const split = z.object({
  seed: z.int(),
  /** First iteration, from 0, with 100 % test accuracy; null if there is none. */
  grokked: z.nullable(z.int()),
  /** First iteration with at least 50 %. */
  half: z.nullable(z.int()),
  bestAccuracy: z.number(),
  iterations: z.int(),
  /** Whether a kernel matrix that was numerically singular ended it. */
  singular: z.boolean(),
});
/** One run. */
type Split = z.infer<typeof split>;

interface Row extends Setting {
  readonly runs: readonly Split[];
}

const kernels: Readonly<Record<Setting['kernel'], Kernel>> = {
  'Gaussian, L = 2.5': gaussian({ bandwidth: 2.5 }),
  quadratic: quadratic(),
  'Laplace, L = 2.5': laplace({ bandwidth: 2.5 }),
};
const operations = ['x + y', 'x - y', 'x * y', 'x / y'];

const sizes = [
  { p: 31, fraction: 0.75 },
  { p: 61, fraction: 0.5 },
];

const settings: readonly Setting[] = [
  ...(['Gaussian, L = 2.5', 'quadratic'] as const).flatMap((kernel) =>
    sizes.flatMap((size) => operations.map((operation) => ({ operation, ...size, kernel }))),
  ),
  // It does not grok within 60 iterations: one operation at full size is enough to see that.
  ...operations.map(
    (operation): Setting => ({ operation, p: 31, fraction: 0.75, kernel: 'Laplace, L = 2.5' }),
  ),
  { operation: 'x + y', p: 61, fraction: 0.5, kernel: 'Laplace, L = 2.5' },
  ...[0.3, 0.4, 0.65].map(
    (fraction): Setting => ({ operation: 'x + y', p: 61, fraction, kernel: 'Gaussian, L = 2.5' }),
  ),
  ...['x^2 + y^2', 'x^2 + xy + y^2'].map(
    (operation): Setting => ({ operation, p: 31, fraction: 0.75, kernel: 'Gaussian, L = 2.5' }),
  ),
];

export default program(
  {
    only: text({ description: 'Compute the rows again whose name contains this, e.g. p=31' }),
    seeds: whole({ from: 1, default: 5, description: 'Splits of each row' }),
    out: outOption,
  },
  async ({ only, seeds, out, again }, parts) => {
    const file = join(out, 'results/grokking.json');
    const rows: Row[] = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).rows : [];
    using backend = await createCpuBackend({ widenSimd: true });
    for (const setting of settings) {
      const name = nameOf(setting);
      const known = rows.findIndex((row) => nameOf(row) === name);
      if (!(only === undefined ? known < 0 || again : name.includes(only))) continue;
      const row = await runSetting(backend, setting, seeds, parts.within(name));
      rows.splice(known < 0 ? rows.length : known, 1, row);
      rows.sort((a, b) => orderOf(a) - orderOf(b));
      saveJson(file, { command: 'pnpm reproduce:grokking', dtype: 'float64', mostIterations, rows }, 2);
      const each = row.runs.map((run) => run.grokked ?? `never (${run.bestAccuracy.toFixed(3)})`);
      console.log(`${name}: ${each.join(', ')}`);
    }
    fillTables(join(out, 'grokking.md'), { iterations: tableOf(rows) });
  },
);

function nameOf({ operation, p, fraction, kernel }: Setting): string {
  return `${operation} p=${p} fraction=${fraction} ${kernel}`;
}

function orderOf(row: Row): number {
  return settings.findIndex((setting) => nameOf(setting) === nameOf(row));
}

async function runSetting(backend: Backend, setting: Setting, seeds: number, store: PartStore): Promise<Row> {
  const parts = new RunParts(store, seeds);
  const runs: Split[] = [];
  for (let seed = 0; seed < seeds; seed++) {
    runs.push(
      await parts.take({ name: `seed ${seed}`, kind: split }, () => runSplit(backend, setting, seed)),
    );
  }
  return { ...setting, runs };
}

async function runSplit(
  backend: Backend,
  { operation, p, fraction, kernel }: Setting,
  seed: number,
): Promise<Split> {
  const task = modularTask({ operation, p, fraction, seed });
  const accuracies: number[] = [];
  let singular = false;
  try {
    for await (const { measures } of grokkingSteps({
      backend,
      task,
      kernel: kernels[kernel],
      iterations: mostIterations - 1,
    })) {
      accuracies.push(measures.testAccuracy);
      if (measures.testAccuracy === 1) break;
    }
  } catch (error) {
    if (!NotPositiveDefiniteError.isInstance(error) || accuracies.length === 0) throw error;
    singular = true;
  }
  const first = (accuracy: number): number | null => {
    const found = accuracies.findIndex((value) => value >= accuracy);
    return found < 0 ? null : found;
  };
  return {
    seed,
    grokked: first(1),
    half: first(0.5),
    bestAccuracy: Math.max(...accuracies),
    iterations: accuracies.length,
    singular,
  };
}

function tableOf(rows: readonly Row[]): string {
  return markdownTable(
    ['operation', 'p', 'training fraction', 'kernel', 'iterations to 100 % (five splits)', 'to 50 %'],
    rows.map(({ operation, p, fraction, kernel, runs }) => [
      operation.replaceAll('*', '·'),
      String(p),
      String(fraction),
      kernel,
      runs
        .map(({ grokked, bestAccuracy, singular }) =>
          grokked === null
            ? `(${(100 * bestAccuracy).toFixed(1)} %${singular ? '\\*' : ''})`
            : String(grokked),
        )
        .join(', '),
      runs.map(({ half }) => (half === null ? '–' : String(half))).join(', '),
    ]),
  );
}
