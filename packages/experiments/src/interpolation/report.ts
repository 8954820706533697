import { block, formatNumber, lineChart, type PageOptions, type Section } from '@agop/report';
import { type CircleKernelName, circleKernels } from './alias-sums.ts';
import type { InterpolationResult, InterpolationSummary } from './result.ts';
import { interpolationText, verdict } from './sentences.ts';

/** The report of a study. */
export async function interpolationPage(result: InterpolationResult): Promise<PageOptions> {
  const { summary } = result;
  const { title } = interpolationText(result);
  return {
    title,
    subtitle: 'Risk of kernel interpolation against the number of samples, in fixed dimension',
    intro: [
      block.facts([
        ['noise', `variance ${summary.noise}`],
        ['target', 'one wave of mean square 1'],
        ['simulated fits', String(summary.repeats)],
        ['seconds', formatNumber(summary.seconds, 3)],
        ['computed on', summary.device],
      ]),
      block.text(verdict(summary).join(' ')),
    ],
    sections: [
      ...(await Promise.all(
        circleKernels.map(
          async (kernel): Promise<Section> => ({
            heading: `${kernel[0]?.toUpperCase()}${kernel.slice(1)} kernel`,
            blocks: [
              block.figure(
                await riskCurves(summary, kernel),
                'Both axes logarithmic. The dashed line is the limit of the best width: no width, however it is chosen for each number of samples, comes below it.',
              ),
            ],
          }),
        ),
      )),
      torusSection(summary),
      numbersSection(summary),
    ],
    footer: 'Made with agop. After Beaglehole, Belkin, Pandit 2023, arXiv 2205.13525.',
  };
}

/** Risk against the number of samples for one kernel. */
export function riskCurves(summary: InterpolationSummary, kernel: CircleKernelName): Promise<string> {
  const own = <T extends { readonly kernel: CircleKernelName }>(list: readonly T[]): T[] =>
    list.filter((one) => one.kernel === kernel);
  const fixed = own(summary.fixed);
  const widths = [...new Set(fixed.map(({ width }) => width))];
  const best = own(summary.best);
  const limit = best.find(({ n }) => n === null);
  return lineChart({
    title: `Risk of interpolation, ${kernel} kernel`,
    series: [
      ...widths.map((width) => {
        const members = fixed.filter((one) => one.width === width);
        return { label: `width ${width}`, x: members.map(({ n }) => n), y: members.map(({ risk }) => risk) };
      }),
      {
        label: 'best width',
        x: best.flatMap(({ n }) => n ?? []),
        y: best.flatMap(({ n, risk }) => (n === null ? [] : [risk])),
      },
      {
        label: 'best ridge',
        x: own(summary.ridge).map(({ n }) => n),
        y: own(summary.ridge).map(({ risk }) => risk),
      },
    ],
    x: { label: 'samples', log: true },
    y: { label: 'risk', log: true },
    ...(limit && { levels: [{ value: limit.risk, label: 'limit' }] }),
  });
}

function torusSection({ torus, noise }: InterpolationSummary): Section {
  return {
    heading: 'Higher dimension',
    blocks: [
      block.text(
        'On the torus the best limit falls with the dimension: interpolation becomes harmless where the dimension grows, not where the samples do.',
      ),
      block.table({
        caption: `Gaussian kernel, noise of variance ${noise}; the width is in samples along an axis.`,
        header: ['dimension', 'best width', 'bias', 'variance', 'risk'],
        rows: torus.map(({ dimension, width, bias, variance, risk }) => [
          dimension,
          formatNumber(width, 3),
          bias,
          variance,
          risk,
        ]),
      }),
    ],
  };
}

function numbersSection({ fixed }: InterpolationSummary): Section {
  const table = block.table({
    caption: 'Exactly, and by kernel machines fitted to noisy samples.',
    header: ['kernel', 'width', 'samples', 'bias', 'variance', 'risk', 'simulated', 'standard error'],
    rows: fixed.map(({ kernel, width, n, bias, variance, risk, simulated }) => [
      kernel,
      width,
      n,
      bias,
      variance,
      risk,
      simulated?.risk ?? 'singular',
      simulated?.standardError ?? null,
    ]),
  });
  return { heading: 'Numbers', blocks: [table] };
}
