// The risk of kernel interpolation on the circle: exactly, by kernel machines, and in the limit
// (arXiv 2205.13525).
//
//   pnpm reproduce interpolation [--noise 0.25] [--repeats 200] [--out DIR]
import { join } from 'node:path';
import { createCpuBackend } from '@agop/backend-cpu';
import { resolve } from '@agop/core/options';
import { circleKernels } from '../../src/interpolation/alias-sums.ts';
import { riskCurves } from '../../src/interpolation/report.ts';
import type { InterpolationSummary } from '../../src/interpolation/result.ts';
import { bestWidth, limitRisk } from '../../src/interpolation/risk.ts';
import { runInterpolationExperiment } from '../../src/interpolation/run.ts';
import { interpolationOptions } from '../../src/interpolation/settings.ts';
import { fillTables, markdownTable, outOption, saveJson, savingIn } from '../page.ts';
import { program } from '../program.ts';

const noises = [0.01, 0.1, 0.25, 1];

export default program(
  { noise: interpolationOptions.noise, repeats: interpolationOptions.repeats, out: outOption },
  async ({ noise, repeats, out }) => {
    using backend = await createCpuBackend();
    const settings = resolve(interpolationOptions, { noise, repeats });
    const result = await runInterpolationExperiment(settings, {
      backend,
      onEvent: ({ kernel, n }) => console.log(`${kernel}, ${n} samples`),
    });
    saveJson(join(out, 'results/interpolation.json'), result);
    const save = savingIn(join(out, 'interpolation'));
    for (const kernel of circleKernels) save(kernel, await riskCurves(result.summary, kernel));
    fillTables(join(out, 'interpolation.md'), {
      limits: limitsTable(),
      torus: torusTable(),
      simulated: simulatedTable(result.summary),
    });
  },
);

function limitsTable(): string {
  const rows = circleKernels.map((kernel) => [
    kernel,
    ...noises.map((noise) => {
      const { risk, width } = bestWidth((a) => limitRisk(kernel, a, noise), 0.01, 30);
      return `${risk.toFixed(4)} (${width.toFixed(3)})`;
    }),
  ]);
  return markdownTable(['kernel', ...noises.map((noise) => `σ² = ${noise}`)], rows, [1, 2, 3, 4]);
}

function torusTable(): string {
  const rows = [1, 2, 3, 5, 10].map((dimension) => [
    String(dimension),
    ...noises.map((noise) =>
      bestWidth((a) => limitRisk('gaussian', a, noise, dimension), 0.01, 30).risk.toFixed(4),
    ),
  ]);
  return markdownTable(['dimension', ...noises.map((noise) => `σ² = ${noise}`)], rows, [0, 1, 2, 3, 4]);
}

function simulatedTable({ best, ridge }: InterpolationSummary): string {
  const rows = best.flatMap(({ kernel, n, width, risk, simulated }) => {
    if (n === null) return [];
    const regular = ridge.find((one) => one.kernel === kernel && one.n === n);
    return [
      [
        kernel,
        String(n),
        (width * n).toFixed(3),
        risk.toFixed(4),
        simulated ? `${simulated.risk.toFixed(4)} ± ${simulated.standardError.toFixed(4)}` : 'singular',
        regular?.risk.toFixed(4) ?? '',
      ],
    ];
  });
  return markdownTable(
    ['kernel', 'n', 'best width · n', 'risk', 'simulated', 'with the best ridge'],
    rows,
    [1, 2, 3, 4, 5],
  );
}
