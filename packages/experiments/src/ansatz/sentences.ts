import { formatPercent } from '@agop/report';
import type { TextSummary } from '../experiment.ts';
import { moments } from '../moments.ts';
import type { AnsatzResult, AnsatzRun, AnsatzSummary, MeasuredHidden } from './result.ts';

/** A figure of a layer, and what it is called. */
export interface Figure {
  readonly label: string;
  readonly of: (layer: MeasuredHidden) => number;
}

/** What the published program computes. */
export const publishedFigures: readonly Figure[] = [
  { label: 'init', of: ({ published }) => published.initialCosine },
  { label: 'centered', of: ({ published }) => published.centeredCosine ?? Number.NaN },
  { label: 'cosine', of: ({ published }) => published.cosine },
  { label: 'centered root', of: ({ published }) => published.centeredRootPearson ?? Number.NaN },
  { label: 'root', of: ({ published }) => published.rootPearson },
];

/** What the ansatz says, beside its controls. */
export const ownFigures: readonly Figure[] = [
  { label: 'D: cosine', of: ({ change }) => change.cosine },
  { label: 'D: root', of: ({ change }) => change.rootPearson },
  { label: 'W: cosine', of: ({ trained }) => trained.cosine },
  { label: 'W: root', of: ({ trained }) => trained.rootPearson },
  { label: 'C', of: ({ own }) => own.cosine },
  { label: 'moved', of: ({ moved }) => moved },
];

/** The same without training, or without what units and gradients have in common. */
export const controlFigures: readonly Figure[] = [
  { label: 'W0: cosine', of: ({ initial }) => initial.cosine },
  { label: 'W0: root', of: ({ initial }) => initial.rootPearson },
  { label: 'rotated: cosine', of: ({ rotated }) => rotated.cosine },
  { label: 'rotated: root', of: ({ rotated }) => rotated.rootPearson },
  { label: 'random: cosine', of: ({ random }) => random.cosine },
  { label: 'random: root', of: ({ random }) => random.rootPearson },
];

/** Mean and deviation over the seeds of a figure at a layer. */
export function overSeeds(
  { runs }: AnsatzSummary,
  layer: number,
  { of }: Figure,
): ReturnType<typeof moments> {
  return moments(runs.map(({ layers }) => of(layers[layer] as MeasuredHidden)));
}

/** Hidden layers, from 0. */
export function layersOf({ runs }: AnsatzSummary): number[] {
  return Array.from(runs[0]?.layers.keys() ?? []);
}

/** A result as text. */
export function ansatzText({ summary }: AnsatzResult): TextSummary & { readonly table: string[] } {
  const { data, samples, validationSamples, testSamples, sizes, epochs, learningRate, runs } = summary;
  const of = (key: 'trainAccuracy' | 'testAccuracy'): string => spread(runs.map((run) => run[key]));
  return {
    title: `The neural feature ansatz on ${data}`,
    facts: [
      `${samples} training images${validationSamples > 0 ? `, ${validationSamples} that choose the epoch` : ''}, ${testSamples} test images; network ${sizes.join(' - ')}, ${epochs} epochs at a rate of ${learningRate}, ${runs.length === 1 ? '1 seed' : `${runs.length} seeds`}`,
      `Accuracy: training ${of('trainAccuracy')}, test ${of('testAccuracy')}`,
    ],
    table: [
      ...tableOf(summary, 'as published', publishedFigures),
      '',
      ...tableOf(summary, 'as stated', ownFigures),
      '',
      ...tableOf(summary, 'without training', controlFigures),
    ],
    findings: verdict(summary),
  };
}

function tableOf(summary: AnsatzSummary, title: string, figures: readonly Figure[]): string[] {
  const width = 16;
  const several = summary.runs.length > 1;
  return [
    `${title.padEnd(width)}${figures.map(({ label }) => label.padStart(width)).join('')}`,
    ...layersOf(summary).map((layer) => {
      const cells = figures.map((figure) => {
        const [mean, deviation] = overSeeds(summary, layer, figure);
        return `${mean.toFixed(3)}${several ? ` ± ${deviation.toFixed(3)}` : ''}`.padStart(width);
      });
      return `layer ${layer + 1}`.padEnd(width) + cells.join('');
    }),
  ];
}

function spread(values: readonly number[]): string {
  const [mean, deviation] = moments(values);
  return values.length === 1
    ? formatPercent(mean)
    : `${formatPercent(mean)} ± ${(100 * deviation).toFixed(1)}`;
}

/** What the run shows, in words. */
export function verdict(summary: AnsatzSummary): string[] {
  const mean = (figure: Figure): number => {
    const layers = layersOf(summary);
    return layers.reduce((sum, layer) => sum + overSeeds(summary, layer, figure)[0], 0) / layers.length;
  };
  const of = (label: string): string =>
    mean(
      [...publishedFigures, ...ownFigures, ...controlFigures].find((one) => one.label === label) as Figure,
    ).toFixed(3);
  return [
    `Mean over layers: as the published program computes it, DᵀD correlates ${of('centered root')} with the root; with the AGOP of the network that was trained, ${of('D: root')}.`,
    `WᵀW and the root of the AGOP correlate ${of('W: root')} after training, ${of('W0: root')} before, and ${of('rotated: root')} with rotated rows.`,
  ];
}

/** The runs, for a table. */
export function runRows({ runs }: AnsatzSummary): (readonly (string | number)[])[] {
  return runs.map(({ seed, epoch, loss, trainAccuracy, testAccuracy, seconds }: AnsatzRun) => [
    seed,
    epoch,
    loss,
    formatPercent(trainAccuracy),
    formatPercent(testAccuracy),
    Math.round(seconds),
  ]);
}
