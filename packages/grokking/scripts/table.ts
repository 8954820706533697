// The table of docs/grokking.md: after how many iterations a Recursive Feature Machine answers all test pairs, by operation, modulus, training
// fraction and kernel, over five splits.
//
//   pnpm reproduce:grokking [--only 'p=31'] [--seeds 5] [--out docs]
//
// Writes docs/results/grokking.json after every row, and the table between the markers of docs/grokking.md at the end. Rows that the
// file has already are kept; `--only` computes the rows whose name contains it again.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createCpuBackend } from '@agop/backend-cpu';
import { type Backend, NotPositiveDefiniteError } from '@agop/core';
import { grokkingSteps, modularTask } from '@agop/grokking';
import { gaussian, type Kernel, laplace, quadratic } from '@agop/rfm';

/** A run ends when all test pairs are right, or after this many iterations. */
const mostIterations = 60;

interface Setting {
  readonly operation: string;
  readonly p: number;
  readonly fraction: number;
  readonly kernel: 'Gaussian, L = 2.5' | 'quadratic' | 'Laplace, L = 2.5';
}

interface Row extends Setting {
  readonly runs: readonly {
    readonly seed: number;
    /** First iteration, from 0, with 100 % test accuracy; null if there is none. */
    readonly grokked: number | null;
    /** First iteration with at least 50 %. */
    readonly half: number | null;
    readonly bestAccuracy: number;
    readonly iterations: number;
    /** Whether a kernel matrix that was numerically singular ended it. */
    readonly singular: boolean;
  }[];
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

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    seeds: { type: 'string', default: '5' },
    out: { type: 'string', default: 'docs' },
  },
});
const seeds = Array.from({ length: Number(options.seeds) }, (_, seed) => seed);
const resultFile = join(options.out, 'results', 'grokking.json');
mkdirSync(join(options.out, 'results'), { recursive: true });
const rows = existsSync(resultFile) ? (JSON.parse(readFileSync(resultFile, 'utf8')).rows as Row[]) : [];

using backend = await createCpuBackend({ widenSimd: true });
for (const setting of settings) {
  const name = nameOf(setting);
  const known = rows.findIndex((row) => nameOf(row) === name);
  const isAsked = options.only === undefined ? known < 0 : name.includes(options.only);
  if (!isAsked) continue;
  const row = await runSetting(backend, setting);
  if (known < 0) rows.push(row);
  else rows[known] = row;
  rows.sort((a, b) => orderOf(a) - orderOf(b));
  const command = 'pnpm reproduce:grokking';
  writeFileSync(
    resultFile,
    `${JSON.stringify({ command, dtype: 'float64', mostIterations, rows }, null, 2)}\n`,
  );
  console.log(
    `${name}: ${row.runs.map((run) => run.grokked ?? `never (${run.bestAccuracy.toFixed(3)})`).join(', ')}`,
  );
}
writeTable(rows);

function nameOf({ operation, p, fraction, kernel }: Setting): string {
  return `${operation} p=${p} fraction=${fraction} ${kernel}`;
}

function orderOf(row: Row): number {
  return settings.findIndex((setting) => nameOf(setting) === nameOf(row));
}

async function runSetting(on: Backend, setting: Setting): Promise<Row> {
  const runs: Row['runs'][number][] = [];
  for (const seed of seeds) {
    const task = modularTask({ ...setting, seed });
    const accuracies: number[] = [];
    let singular = false;
    try {
      for await (const { measures } of grokkingSteps({
        backend: on,
        task,
        kernel: kernels[setting.kernel],
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
    runs.push({
      seed,
      grokked: first(1),
      half: first(0.5),
      bestAccuracy: Math.max(...accuracies),
      iterations: accuracies.length,
      singular,
    });
  }
  return { ...setting, runs };
}

/** Replaces what stands between the markers of the page, if the page is there. */
function writeTable(all: readonly Row[]): void {
  const lines = [
    '| operation | p | training fraction | kernel | iterations to 100 % (five splits) | to 50 % |',
    '| --- | --- | --- | --- | --- | --- |',
    ...all.map((row) => {
      const grokked = row.runs.map(({ grokked: at, bestAccuracy, singular }) =>
        at === null ? `(${(100 * bestAccuracy).toFixed(1)} %${singular ? '\\*' : ''})` : String(at),
      );
      const half = row.runs.map(({ half: at }) => (at === null ? '–' : String(at)));
      return `| ${row.operation.replaceAll('*', '·')} | ${row.p} | ${row.fraction} | ${row.kernel} | ${grokked.join(', ')} | ${half.join(', ')} |`;
    }),
  ];
  const page = join(options.out, 'grokking.md');
  if (!existsSync(page)) return;
  const text = readFileSync(page, 'utf8');
  const [begin, end] = ['<!-- table: begin -->', '<!-- table: end -->'];
  const before = text.slice(0, text.indexOf(begin) + begin.length);
  const after = text.slice(text.indexOf(end));
  writeFileSync(page, `${before}\n\n${lines.join('\n')}\n\n${after}`);
}
