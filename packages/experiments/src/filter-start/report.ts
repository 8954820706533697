import { block, formatNumber, imageGrid, lineChart, type PageOptions } from '@agop/report';
import {
  type FilterStartResult,
  type FilterStartSummary,
  type StartCurve,
  starts,
  trainings,
} from './result.ts';
import { accuracyAt, filterStartText, meanCurve, percentSpread, toldEpochs, verdict } from './sentences.ts';

/** The report of a run. */
export async function filterStartPage(result: FilterStartResult): Promise<PageOptions> {
  const { summary } = result;
  const { title, facts } = filterStartText(result);
  const told = toldEpochs(summary);
  return {
    title,
    subtitle: 'A small convolutional network, its filters fixed or trained',
    intro: [
      block.facts([
        ['seeds', summary.seeds.join(', ')],
        ['seconds', formatNumber(summary.seconds, 3)],
        ['computed on', summary.device],
      ]),
      ...facts.map((fact) => block.text(fact)),
      block.text(verdict(summary).join(' ')),
    ],
    sections: [
      {
        heading: 'Filters before training',
        blocks: [block.figure(startGrid(result), 'A row for each kind, first seed.')],
      },
      {
        heading: 'Accuracy',
        blocks: [
          ...(await Promise.all(
            trainings.map(async (training) => block.figure(await accuracyChart(summary, training))),
          )),
          block.table({
            caption: 'Test accuracy in percent, mean ± deviation over seeds.',
            header: ['trained', 'start', ...told.map((epoch) => `epoch ${epoch}`)],
            rows: trainings.flatMap((training) =>
              starts.map((start) => [
                training,
                start,
                ...told.map((epoch) => percentSpread(accuracyAt(summary, start, training, epoch))),
              ]),
            ),
          }),
        ],
      },
    ],
    footer: 'Made with agop. After Beaglehole, Radhakrishnan, Pandit, Belkin 2023, arXiv 2309.00570.',
  };
}

/** Filters as they start. */
export function startGrid({ filters }: FilterStartResult): string {
  // Wide enough for the names of the kinds.
  return imageGrid({
    title: 'Filters before training',
    pictures: filters,
    columns: 8,
    range: 'each',
    width: 640,
  });
}

/** Accuracy epoch by epoch. */
export function accuracyChart(
  summary: FilterStartSummary,
  training: StartCurve['training'],
): Promise<string> {
  return lineChart({
    title: training === 'all' ? 'Filters trained' : 'Filters fixed',
    series: starts.map((start) => ({
      label: start,
      x: Array.from({ length: summary.epochs }, (_, index) => index + 1),
      y: meanCurve(summary, start, training),
    })),
    x: { label: 'epoch' },
    y: { label: 'test accuracy', percent: true },
  });
}
