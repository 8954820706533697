import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod/mini';
import type { Result } from './measure.ts';
import { writeMadeTable } from './tabular-data.ts';

/** A made table. */
interface TableSize {
  readonly n: number;
  readonly classes: number;
}

const columns = 20;

/** The tables that are fitted: regression, from which the exponent follows, and ten classes. */
export function tableSizes(quick: boolean): readonly TableSize[] {
  if (quick) return [{ n: 10_000, classes: 0 }];
  const regressions = [30_000, 100_000, 1_000_000].map((n) => ({ n, classes: 0 }));
  return [...regressions, { n: 100_000, classes: 10 }];
}

/** With 100,000 rows xRFM took more than seven minutes and 18 GiB on two cores, and had not ended. */
const mostRowsOfXrfm = 30_000;

const prediction = z.object({ score: z.number(), rowsPerSecond: z.number(), rowsPerCpuSecond: z.number() });
const answerSchema = z.object({
  seconds: z.number(),
  cpuSeconds: z.number(),
  peakMebibytes: z.number(),
  hard: prediction,
  soft: z.optional(prediction),
});

type Answer = z.infer<typeof answerSchema>;

/**
 * Trees of Recursive Feature Machines with leaves of at most 4000 rows beside scikit-learn's histogram
 * boosting and xRFM on made tables, each fit in a process of its own: seconds, peak memory, scores on test
 * rows, and the exponent of seconds against rows.
 *
 * @param python the interpreter for peers; those that it lacks are left out
 */
export function measureTabular(
  threads: number,
  sizes: readonly TableSize[],
  python: string,
  say: (line: string) => void,
): Result[] {
  const folder = mkdtempSync(join(tmpdir(), 'agop-bench-'));
  const results: Result[] = [];
  const times: [number, number][] = [];
  try {
    for (const { n, classes } of sizes) {
      const file = join(folder, `${n}-${classes}.f32`);
      writeMadeTable(file, n, columns, classes);
      const given = [file, `${n}`, `${columns}`, `${classes}`, `${threads}`];
      const program = join(import.meta.dirname, 'contenders/tabular.ts');
      const flags = ['-C', '@agop/source', '--experimental-wasm-revectorize', program];
      const ours = answerOf(process.execPath, [...flags, ...given], say);
      const size = { n, d: columns, ...(classes > 0 && { classes }) };
      for (const peer of n <= mostRowsOfXrfm ? ['histogram-boosting', 'xrfm'] : ['histogram-boosting']) {
        const script = join(import.meta.dirname, '../peers/tabular.py');
        const theirs = answerOf(python, [script, peer, ...given], say);
        if (ours) results.push(...compared(size, peer, ours, theirs));
      }
      if (ours && classes === 0) times.push([n, ours.cpuSeconds]);
      rmSync(file);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (times.length > 1) {
    const exponent = slope(times);
    const name = 'tabular fit, exponent of processor seconds against n';
    results.push({ name, dtype: 'float32', size: {}, ours: exponent, peer: null, ratio: null, unit: '' });
  }
  return results;
}

function answerOf(command: string, args: readonly string[], say: (line: string) => void): Answer | undefined {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status === 0) return answerSchema.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
  say(`  ${args.join(' ')}: ${stderr.trim().split('\n').at(-1)}`);
  return undefined;
}

function compared(size: Result['size'], peer: string, ours: Answer, theirs: Answer | undefined): Result[] {
  const score = size['classes'] ? 'accuracy' : 'R²';
  const line = (
    what: string,
    unit: string,
    own: number,
    other: number | undefined,
    better: 'less' | 'more',
  ): Result => ({
    name: `tabular ${what}, agop / ${peer}`,
    dtype: 'float32',
    size,
    ours: own,
    peer: other ?? null,
    ratio: other === undefined ? null : better === 'less' ? other / own : own / other,
    unit,
  });
  const { soft = ours.hard } = ours;
  return [
    line('fit', 's', ours.seconds, theirs?.seconds, 'less'),
    line('fit, all threads together', 's', ours.cpuSeconds, theirs?.cpuSeconds, 'less'),
    line('fit, peak memory', 'MiB', ours.peakMebibytes, theirs?.peakMebibytes, 'less'),
    line(score, '', soft.score, theirs?.hard.score, 'more'),
    line('predictions, hard routing', 'rows/s', ours.hard.rowsPerSecond, theirs?.hard.rowsPerSecond, 'more'),
    line(
      'predictions, hard routing, per second of one core',
      'rows/s',
      ours.hard.rowsPerCpuSecond,
      theirs?.hard.rowsPerCpuSecond,
      'more',
    ),
    line('predictions, soft routing', 'rows/s', soft.rowsPerSecond, theirs?.hard.rowsPerSecond, 'more'),
    line(
      'predictions, soft routing, per second of one core',
      'rows/s',
      soft.rowsPerCpuSecond,
      theirs?.hard.rowsPerCpuSecond,
      'more',
    ),
  ];
}

/** Least-squares slope in logarithms. */
function slope(points: readonly (readonly [number, number])[]): number {
  const logs = points.map(([n, seconds]) => [Math.log(n), Math.log(seconds)] as const);
  const mean = (at: 0 | 1) => logs.reduce((sum, point) => sum + point[at], 0) / logs.length;
  const [mx, my] = [mean(0), mean(1)];
  const covariance = logs.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0);
  return covariance / logs.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
}
