// Matrix completion by lin-RFM: 500 x 500 of rank 5 from 10,000 entries (arXiv 2401.04553).
//
//   pnpm reproduce completion [--seeds 0,1,2] [--known 10000] [--out DIR] [--again]
import { join } from 'node:path';
import { createCpuBackend } from '@agop/backend-cpu';
import type { Backend } from '@agop/core';
import { whole } from '@agop/core/options';
import { lineChart } from '@agop/report';
import * as z from 'zod/mini';
import { type CompletionStep, completeMatrix } from '../../src/completion/complete.ts';
import { madeMatrix, unknownError } from '../../src/completion/made.ts';
import { RunParts } from '../../src/run-parts.ts';
import { fillTables, markdownTable, outOption, parts, saveJson, savingIn, seedsOption } from '../page.ts';
import { program } from '../program.ts';

/** The published program stops here. */
const goal = 1e-3;

/** 0.05 as published; after 150 steps it falls by 1 % a step, to 0.0001: no error decides when. */
function ridgeOf(step: CompletionStep | undefined): number {
  const beyond = Math.max(0, (step?.iteration ?? -1) + 1 - 150);
  return Math.max(1e-4, 0.05 * 0.99 ** beyond);
}

const run = z.object({
  seed: z.int(),
  power: z.union([z.literal(0.5), z.literal(1)]),
  iterations: z.int(),
  error: z.number(),
  seconds: z.number(),
  /** The error of every tenth iteration. */
  course: z.array(z.number()),
});
type Run = z.infer<typeof run>;

export default program(
  {
    seeds: seedsOption,
    known: whole({ from: 1, default: 10_000, description: 'Known entries' }),
    iterations: whole({ from: 1, default: 3000, description: 'Iterations at most' }),
    out: outOption,
  },
  async ({ seeds, known, iterations, out }, folder) => {
    using backend = await createCpuBackend({ widenSimd: true });
    const runs: Run[] = [];
    const powers = [0.5, 1] as const;
    const all = new RunParts(folder, parts(seeds).length * powers.length);
    for (const seed of parts(seeds).map(Number)) {
      for (const power of powers) {
        const name = `seed ${seed}, power ${power}`;
        runs.push(
          await all.take({ name, kind: run }, () => complete(backend, { seed, power, known, iterations })),
        );
      }
    }
    saveJson(join(out, 'results/completion.json'), runs, 0);
    savingIn(join(out, 'completion'))('error', await picture(runs));
    fillTables(join(out, 'completion.md'), { runs: tableOf(runs) });
  },
);

async function complete(
  backend: Backend,
  { seed, power, known, iterations }: Pick<Run, 'seed' | 'power' | 'iterations'> & { readonly known: number },
): Promise<Run> {
  const made = madeMatrix(500, 5, known, seed);
  const started = performance.now();
  const course: number[] = [];
  let last = { iteration: 0, error: 1 };
  const options = { backend, power, ridge: ridgeOf, iterations };
  for await (const { iteration, matrix } of completeMatrix(made.known, options)) {
    last = { iteration, error: unknownError(made, matrix) };
    if (iteration % 10 === 0) course.push(last.error);
    if (iteration % 100 === 0)
      console.log(`seed ${seed}, α ${power}, ${iteration}: ${last.error.toExponential(2)}`);
    if (last.error < goal) break;
  }
  const seconds = (performance.now() - started) / 1000;
  return { seed, power, iterations: last.iteration, error: last.error, seconds, course };
}

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
