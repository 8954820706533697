// The published result at full size, as a check: + - * / modulo 61, half of the table, Gaussian kernel with bandwidth 2.5, three splits
// each. Every run must stay near chance for its first eight iterations, then rise to 99.5 % within 30, with training loss zero throughout.
//
//   pnpm check:grokking [--seeds 0,1,2]
//
// Prints a line per run, with its duration, and ends with exit code 1 if a run falls short.
import { parseArgs } from 'node:util';
import { createCpuBackend } from '@agop/backend-cpu';
import { type GrokkingIteration, modularTask, runGrokking } from '@agop/grokking';

/** Test accuracy that still counts as chance: products with 0 alone are 3.3 % of the table. */
const nearChance = 0.1;
const { values: options } = parseArgs({ options: { seeds: { type: 'string', default: '0,1,2' } } });
const seeds = options.seeds.split(',').map(Number);

using backend = await createCpuBackend({ widenSimd: true });
console.log(`p = 61, fraction 1/2, Gaussian, bandwidth 2.5, float64 on ${backend.device.description}`);
const failures: string[] = [];
for (const operation of ['+', '-', '*', '/']) {
  for (const seed of seeds) {
    const task = modularTask({ operation, p: 61, fraction: 0.5, seed });
    const { iterations, seconds } = await runGrokking({ backend, task });
    const complaints = complaintsAbout(iterations);
    console.log(
      `${operation} seed ${seed}: ${seconds.toFixed(1)} s, ${summaryOf(iterations)}${complaints.map((text) => `\n  FAIL ${text}`).join('')}`,
    );
    failures.push(...complaints);
  }
}
console.log(failures.length === 0 ? 'All runs are as published.' : `${failures.length} complaints.`);
process.exitCode = failures.length === 0 ? 0 : 1;

function complaintsAbout(iterations: readonly GrokkingIteration[]): string[] {
  const early = Math.max(...iterations.slice(0, 8).map((i) => i.testAccuracy));
  const best = Math.max(...iterations.map((i) => i.testAccuracy));
  const trainLoss = Math.max(...iterations.map((i) => i.trainLoss));
  return [
    ...(early < nearChance ? [] : [`test accuracy ${early} within the first eight iterations`]),
    ...(best >= 0.995 ? [] : [`the best test accuracy of ${iterations.length} iterations is ${best}`]),
    ...(trainLoss < 1e-14 ? [] : [`training loss ${trainLoss}`]),
  ];
}

function summaryOf(iterations: readonly GrokkingIteration[]): string {
  const at = (accuracy: number): string =>
    String(iterations.find((i) => i.testAccuracy >= accuracy)?.iteration ?? 'never');
  const first = (iterations[0] as GrokkingIteration).testAccuracy;
  const eighth = (iterations[7] ?? (iterations.at(-1) as GrokkingIteration)).testAccuracy;
  const last = (iterations.at(-1) as GrokkingIteration).testAccuracy;
  return `test accuracy ${first.toFixed(4)} at 0, ${eighth.toFixed(4)} at 7, 50 % at ${at(0.5)}, 99.5 % at ${at(0.995)}, 100 % at ${at(1)}, ${last.toFixed(4)} at the end`;
}
