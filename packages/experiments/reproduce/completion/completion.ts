// Matrix completion by lin-RFM: 500 x 500 of rank 5 from 10,000 entries (arXiv 2401.04553).
//
//   pnpm reproduce completion [--seeds 0,1,2] [--known 10000] [--out DIR]
import { join } from 'node:path';
import { createCpuBackend } from '@agop/backend-cpu';
import { whole } from '@agop/core/options';
import { lineChart } from '@agop/report';
import { type CompletionStep, completeMatrix } from '../../src/completion/complete.ts';
import { madeMatrix, unknownError } from '../../src/completion/made.ts';
import { fillTables, markdownTable, outOption, parts, saveJson, savingIn, seedsOption } from '../page.ts';
import { program } from '../program.ts';

/** The published program stops here. */
const goal = 1e-3;

/** 0.05 as published; after 150 steps it falls by 1 % a step, to 0.0001: no error decides when. */
function ridgeOf(step: CompletionStep | undefined): number {
  const beyond = Math.max(0, (step?.iteration ?? -1) + 1 - 150);
  return Math.max(1e-4, 0.05 * 0.99 ** beyond);
}

interface Run {
  readonly seed: number;
  readonly power: 0.5 | 1;
  readonly iterations: number;
  readonly error: number;
  readonly seconds: number;
  /** The error of every tenth iteration. */
  readonly course: readonly number[];
}

export default program(
  {
    seeds: seedsOption,
    known: whole({ from: 1, default: 10_000, description: 'Known entries' }),
    iterations: whole({ from: 1, default: 3000, description: 'Iterations at most' }),
    out: outOption,
  },
  async ({ seeds, known, iterations, out }) => {
    using backend = await createCpuBackend({ widenSimd: true });
    const runs: Run[] = [];
    for (const seed of parts(seeds).map(Number)) {
      const made = madeMatrix(500, 5, known, seed);
      for (const power of [0.5, 1] as const) {
        const started = performance.now();
        const course: number[] = [];
        let last = { iteration: 0, error: 1 };
        for await (const { iteration, matrix } of completeMatrix(made.known, {
          backend,
          power,
          ridge: ridgeOf,
          iterations,
        })) {
          last = { iteration, error: unknownError(made, matrix) };
          if (iteration % 10 === 0) course.push(last.error);
          if (iteration % 100 === 0)
            console.log(`seed ${seed}, α ${power}, ${iteration}: ${last.error.toExponential(2)}`);
          if (last.error < goal) break;
        }
        const seconds = (performance.now() - started) / 1000;
        runs.push({ seed, power, iterations: last.iteration, error: last.error, seconds, course });
        saveJson(join(out, 'results/completion.json'), runs, 0);
      }
    }
    savingIn(join(out, 'completion'))('error', await picture(runs));
    fillTables(join(out, 'completion.md'), { runs: tableOf(runs) });
  },
);

function picture(runs: readonly Run[]): Promise<string> {
  return lineChart({
    title: 'Error on unknown entries',
    series: runs.map(({ seed, power, course }) => ({
      label: `α ${power}, seed ${seed}`,
      x: course.map((_, k) => 10 * k),
      y: course,
    })),
    x: { label: 'iteration' },
    y: { label: 'mean squared error', log: true },
    levels: [{ value: goal, label: 'goal' }],
  });
}

function tableOf(runs: readonly Run[]): string {
  return markdownTable(
    ['seed', 'α', 'iterations', 'error', 's'],
    runs.map(({ seed, power, iterations, error, seconds }) => [
      String(seed),
      String(power),
      String(iterations),
      error.toExponential(2),
      seconds.toFixed(0),
    ]),
    [0, 1, 2, 3, 4],
  );
}
