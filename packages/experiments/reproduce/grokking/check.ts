// The published result at full size, as a check: + - * / modulo 61, half of the table, Gaussian kernel with
// bandwidth 2.5, three splits each. Every run must stay near chance for its first eight iterations, then rise
// to 99.5 % within 30, with training loss zero throughout.
//
//   pnpm check:grokking [--seeds 0,1,2]
//
// Prints a line per run, with its duration, and ends with exit code 1 if a run falls short.
import { createCpuBackend } from '@agop/backend-cpu';
import { type GrokkingIteration, modularTask, runGrokking } from '@agop/grokking';
import { parts, seedsOption } from '../page.ts';
import { program } from '../program.ts';

/** Test accuracy that still counts as chance: products with 0 alone are 3.3 % of the table. */
const nearChance = 0.1;

export default program({ seeds: seedsOption }, async ({ seeds }) => {
  using backend = await createCpuBackend({ widenSimd: true });
  console.log(`p = 61, fraction 1/2, Gaussian, bandwidth 2.5, float64 on ${backend.device.description}`);
  let failures = 0;
  for (const operation of ['+', '-', '*', '/']) {
    for (const seed of parts(seeds).map(Number)) {
      const task = modularTask({ operation, p: 61, fraction: 0.5, seed });
      const { iterations, seconds } = await runGrokking({ backend, task });
      const complaints = complaintsAbout(iterations).map((text) => `\n  FAIL ${text}`);
      console.log(
        `${operation} seed ${seed}: ${seconds.toFixed(1)} s, ${courseOf(iterations)}${complaints.join('')}`,
      );
      failures += complaints.length;
    }
  }
  console.log(failures === 0 ? 'All runs are as published.' : `${failures} complaints.`);
  process.exitCode = failures === 0 ? 0 : 1;
});

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

function courseOf(iterations: readonly GrokkingIteration[]): string {
  const at = (accuracy: number): string =>
    String(iterations.find((i) => i.testAccuracy >= accuracy)?.iteration ?? 'never');
  const accuracy = (index: number): string => (iterations.at(index)?.testAccuracy ?? Number.NaN).toFixed(4);
  return `test accuracy ${accuracy(0)} at 0, ${accuracy(7)} at 7, 50 % at ${at(0.5)}, 99.5 % at ${at(0.995)}, 100 % at ${at(1)}, ${accuracy(-1)} at the end`;
}
