import { formatNumber } from '@agop/report';
import type { TextSummary } from '../experiment.ts';
import type { CircleKernelName } from './alias-sums.ts';
import type { InterpolationResult, InterpolationSummary } from './result.ts';

/** A result as text. */
export function interpolationText({
  summary,
}: InterpolationResult): TextSummary & { readonly table: string[] } {
  const { noise, repeats } = summary;
  return {
    title: 'Interpolation on the circle does not become consistent',
    facts: [`Noise of variance ${noise}, a target of mean square 1; ${repeats} simulated fits of each`],
    table: [
      'kernel    width   n      bias  variance      risk   simulated',
      ...summary.fixed.map(
        ({ kernel, width, n, bias, variance, risk, simulated }) =>
          `${kernel.padEnd(9)} ${String(width).padEnd(6)} ${String(n).padStart(5)}${[bias, variance, risk]
            .map((value) => value.toFixed(4).padStart(10))
            .join('')}   ${simulatedWords(simulated, 'singular')}`,
      ),
      '',
      'best width          n     width      risk   simulated          best ridge: risk',
      ...summary.best.map(({ kernel, n, width, risk, simulated }) => {
        const ridge = summary.ridge.find((one) => one.kernel === kernel && one.n === n);
        const name = n === null ? 'limit' : String(n);
        return `${kernel.padEnd(15)}${name.padStart(6)}${formatNumber(width, 3).padStart(10)}${risk.toFixed(4).padStart(10)}   ${simulatedWords(simulated, '').padEnd(15)}${(ridge?.risk.toFixed(4) ?? '').padStart(20)}`;
      }),
    ],
    findings: verdict(summary),
  };
}

function simulatedWords(
  simulated: InterpolationSummary['fixed'][number]['simulated'],
  otherwise: string,
): string {
  return simulated ? `${simulated.risk.toFixed(4)} ± ${simulated.standardError.toFixed(4)}` : otherwise;
}

/** What the study shows, in words. */
export function verdict({ best, ridge, fixed }: InterpolationSummary): string[] {
  const kernels = [...new Set(best.map(({ kernel }) => kernel))];
  const told = kernels.map((kernel) => flatness(kernel, best, ridge));
  const judged = [...fixed, ...best].filter(({ simulated }) => simulated !== null);
  const near = judged.filter(
    ({ risk, simulated }) => simulated && Math.abs(risk - simulated.risk) <= 3 * simulated.standardError,
  );
  return [
    ...told,
    `Simulated and exact risk agree within three standard errors in ${near.length} of ${judged.length} settings.`,
  ];
}

function flatness(
  kernel: CircleKernelName,
  best: InterpolationSummary['best'],
  ridge: InterpolationSummary['ridge'],
): string {
  const own = best.filter((one) => one.kernel === kernel);
  const limit = own.find(({ n }) => n === null);
  const last = own.filter(({ n }) => n !== null).at(-1);
  const regular = ridge.filter((one) => one.kernel === kernel).at(-1);
  return `${kernel}: interpolation with the best width has a risk of ${formatNumber(last?.risk ?? Number.NaN, 4)} from ${last?.n ?? 0} samples, and ${formatNumber(limit?.risk ?? Number.NaN, 4)} in the limit; ridge regression ${formatNumber(regular?.risk ?? Number.NaN, 3)}, and falling.`;
}
