import type { GrokkingIteration, GrokkingResult } from '@agop/grokking';
import {
  type Block,
  formatNumber,
  formatPercent,
  htmlPage,
  lineChart,
  type Mark,
  type Section,
} from '@agop/report';
import { metricSection } from './metric-section.ts';
import { spectrumSections } from './spectrum-section.ts';
import { tracedStructures } from './structures.ts';
import type { GrokSummary } from './summary.ts';
import { beyondChance, fitInWords, hiddenInWords, verdict } from './words.ts';

export interface GrokReportInput {
  readonly summary: GrokSummary;
  readonly result: GrokkingResult;
  /** Iterations whose metric is shown; chosen by what happened where undefined. */
  readonly shown: readonly number[] | undefined;
  readonly commandLine: string;
}

/** The report of a run: one HTML page. */
export async function grokReport({ summary, result, shown, commandLine }: GrokReportInput): Promise<string> {
  const { operations, p, trainingPairs, testPairs, kernel, device, dtype, seed, seconds } = summary;
  const { iterations } = result;
  const parameters = Object.entries(kernel.parameters).map(
    ([name, value]) => `, ${name} ${formatNumber(value)}`,
  );
  const chosen = shown ?? telling(iterations, beyondChance(result.task));
  const last = iterations.at(-1) as GrokkingIteration;
  return htmlPage({
    title: `${operations.join(' and ')} mod ${p}`,
    subtitle: 'A Recursive Feature Machine groks modular arithmetic',
    intro: [
      {
        kind: 'facts',
        facts: [
          ['test accuracy', formatPercent(last.testAccuracy)],
          ['100 % first at iteration', summary.grokked === null ? 'never' : String(summary.grokked)],
          ['training pairs', `${trainingPairs} of ${trainingPairs + testPairs}`],
          ['kernel', `${kernel.name}${parameters.join('')}`],
          ['seed', String(seed)],
          ['seconds', formatNumber(seconds, 3)],
          ['computed on', `${device}, ${dtype}`],
        ],
      },
      { kind: 'text', text: verdict(result, summary.endedEarly).join(' ') },
    ],
    sections: [
      await seenSection(result, chosen),
      await hiddenSection(result, chosen),
      metricSection(result, chosen),
      ...(await spectrumSections(result, chosen)),
      numbersSection(result),
      { heading: 'How it was made', blocks: [{ kind: 'code', text: commandLine }] },
    ],
    footer: 'Made with agop. After Mallinar et al. 2025, arXiv 2407.20199.',
  });
}

/** The first iteration, the last one before the accuracy rises, the middle of the rise, the last one. */
function telling(iterations: readonly GrokkingIteration[], risen: number): number[] {
  const first = (accuracy: number): number =>
    iterations.findIndex(({ testAccuracy }) => testAccuracy >= accuracy);
  const chosen = [0, first(risen) - 1, first(0.5), iterations.length - 1];
  return [...new Set(chosen.filter((i) => i >= 0))];
}

/** Dashed lines at chosen iterations, but not at the ends of the axis. */
function placesOf(chosen: readonly number[], count: number): Mark[] {
  return chosen.filter((i) => i > 0 && i < count - 1).map((value) => ({ value, label: String(value) }));
}

const iterationAxis = { label: 'iteration' };

async function seenSection(
  { iterations, task }: GrokkingResult,
  chosen: readonly number[],
): Promise<Section> {
  const { p, operations } = task;
  const places = placesOf(chosen, iterations.length);
  const accuracies = operations.map(({ formula }, k) => ({
    label: operations.length === 1 ? 'test' : `test, ${formula}`,
    y: iterations.map((i) => i.operations?.[k]?.testAccuracy ?? i.testAccuracy),
  }));
  const blocks: Block[] = [
    {
      kind: 'text',
      text: fitInWords(iterations),
    },
    {
      kind: 'figure',
      svg: await lineChart({
        title: 'Accuracy per iteration',
        series: [...accuracies, { label: 'training', y: iterations.map((i) => i.trainAccuracy) }],
        x: iterationAxis,
        y: { label: 'accuracy', percent: true, domain: [0, 1] },
        places,
      }),
      caption: `Share of pairs answered rightly.${places.length === 0 ? '' : ' Dashed: iterations whose metric is shown below.'}`,
    },
    {
      kind: 'figure',
      svg: await lineChart({
        title: 'Loss per iteration',
        series: [
          { label: 'test', y: iterations.map((i) => i.testLoss) },
          { label: 'test, right answer / p', y: iterations.map((i) => i.correctLogitLoss / p) },
          { label: 'training', y: iterations.map((i) => i.trainLoss) },
        ],
        x: iterationAxis,
        y: { label: 'mean squared error' },
        levels: [{ value: 1 / p, label: 'all outputs 0: 1/p' }],
      }),
      caption:
        'Squared error averaged over pairs and outputs, and that of the right answer alone, divided by p to share the axis.',
    },
  ];
  return { heading: 'What one sees', blocks };
}

async function hiddenSection(result: GrokkingResult, chosen: readonly number[]): Promise<Section> {
  const { iterations, task } = result;
  const places = placesOf(chosen, iterations.length);
  const structures = tracedStructures(result);
  const blocks: Block[] = [
    { kind: 'text', text: hiddenInWords(result) },
    {
      kind: 'figure',
      svg: await lineChart({
        title: 'Hidden progress per iteration',
        series: [
          ...structures.map(({ operation, deviations }) => ({
            label: `circulant deviation${task.operations.length === 1 ? '' : `, ${operation.formula}`}`,
            y: deviations,
          })),
          { label: 'AGOP alignment', y: iterations.map((i) => i.alignment ?? Number.NaN) },
          { label: 'test accuracy', y: iterations.map((i) => i.testAccuracy) },
        ],
        x: iterationAxis,
        y: { domain: [0, 1] },
        places,
      }),
      caption: `${structures.length === 0 ? '' : 'Circulant deviation: variance along the wrapped diagonals of the lower left block over its squared norm, near 1 without structure. '}Alignment: cosine with the AGOP of the last iteration.`,
    },
  ];
  return { heading: 'What happens meanwhile', blocks };
}

function numbersSection(result: GrokkingResult): Section {
  const { iterations, task } = result;
  const structures = tracedStructures(result);
  const apart = task.operations.length === 1 ? [] : task.operations;
  const of = apart.length === 0 ? () => '' : (formula: string) => `, ${formula}`;
  return {
    heading: 'In numbers',
    blocks: [
      {
        kind: 'table',
        caption: 'Measures per iteration',
        header: [
          'iteration',
          'training loss',
          'test loss',
          'right answer loss',
          'test accuracy',
          ...apart.map(({ formula }) => `test accuracy${of(formula)}`),
          ...structures.map(({ operation }) => `circulant deviation${of(operation.formula)}`),
          'alignment',
        ],
        rows: iterations.map((i, row) => [
          String(i.iteration),
          i.trainLoss.toExponential(1),
          i.testLoss,
          i.correctLogitLoss,
          i.testAccuracy,
          ...apart.map((_, k) => i.operations?.[k]?.testAccuracy ?? null),
          ...structures.map(({ deviations }) => deviations[row] ?? null),
          i.alignment,
        ]),
      },
    ],
  };
}
