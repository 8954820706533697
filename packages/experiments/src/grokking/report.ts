import type { OptionNaming } from '@agop/core';
import {
  block,
  formatNumber,
  formatPercent,
  lineChart,
  type Mark,
  type PageOptions,
  type Section,
} from '@agop/report';
import { metricSection } from './metric.ts';
import { type Course, courseOf, type GrokkingRunResult, type Iteration } from './result.ts';
import { accuraciesOf, fitInWords, hiddenInWords, title, verdict } from './sentences.ts';
import { spectrumSections } from './spectrum.ts';
import { tracedStructures } from './structures.ts';

const iterationAxis = { label: 'iteration' };

/** The report of a run. @param naming what its sentences call options; default: as in code */
export async function grokkingPage(result: GrokkingRunResult, naming?: OptionNaming): Promise<PageOptions> {
  const { trainingPairs, testPairs, kernel, device, dtype, seed, seconds, grokked } = result.summary;
  const course = courseOf(result);
  const parameters = Object.entries(kernel.parameters).map(
    ([name, value]) => `, ${name} ${typeof value === 'number' ? formatNumber(value) : value}`,
  );
  const last = course.iterations.at(-1) as Iteration;
  return {
    title: title(course),
    subtitle: 'A Recursive Feature Machine groks modular arithmetic',
    intro: [
      block.facts([
        ['test accuracy', formatPercent(last.testAccuracy)],
        ['100 % first at iteration', grokked === null ? 'never' : String(grokked)],
        ['training pairs', `${trainingPairs} of ${trainingPairs + testPairs}`],
        ['kernel', `${kernel.name}${parameters.join('')}`],
        ['seed', String(seed)],
        ['seconds', formatNumber(seconds, 3)],
        ['computed on', `${device}, ${dtype}`],
      ]),
      block.text(verdict(course, result.summary, naming).join(' ')),
    ],
    sections: [
      await grokkingSeen(courseOf(result), placesOf(result)),
      await hiddenSection(result),
      metricSection(result),
      ...(await spectrumSections(result)),
      numbersSection(result),
    ],
    footer: 'Made with agop. After Mallinar et al. 2025, arXiv 2407.20199.',
  };
}

/** Dashed lines at the iterations whose metric is shown, but not at the ends of the axis. */
function placesOf({ metrics, summary: { iterations } }: GrokkingRunResult) {
  return metrics
    .filter(({ iteration: i }) => i > 0 && i < iterations.length - 1)
    .map(({ iteration: value }) => ({ value, label: String(value) }));
}

/**
 * What one sees of a run, whole or so far: accuracy and loss.
 *
 * @param places marked iterations
 * @param width of its charts, where there is less room than they usually have
 */
export async function grokkingSeen(
  { p, operations, iterations }: Course,
  places: readonly Mark[] = [],
  width?: number,
): Promise<Section> {
  const size = width === undefined ? {} : { width };
  const accuracies = operations.map(({ formula }, k) => ({
    label: operations.length === 1 ? 'test' : `test, ${formula}`,
    y: accuraciesOf(iterations, k),
  }));
  return {
    heading: 'What one sees',
    blocks: [
      block.text(fitInWords(iterations)),
      block.figure(
        await lineChart({
          title: 'Accuracy per iteration',
          ...size,
          series: [...accuracies, { label: 'training', y: iterations.map((i) => i.trainAccuracy) }],
          x: iterationAxis,
          y: { label: 'accuracy', percent: true, domain: [0, 1] },
          places,
        }),
        `Share of pairs answered rightly.${places.length === 0 ? '' : ' Dashed: iterations whose metric is shown below.'}`,
      ),
      block.figure(
        await lineChart({
          title: 'Loss per iteration',
          ...size,
          series: [
            { label: 'test', y: iterations.map((i) => i.testLoss) },
            { label: 'right answer / p', y: iterations.map((i) => i.correctLogitLoss / p) },
            { label: 'training', y: iterations.map((i) => i.trainLoss) },
          ],
          x: iterationAxis,
          y: { label: 'mean squared error' },
          levels: [{ value: 1 / p, label: 'all outputs 0: 1/p' }],
        }),
        'Squared error averaged over pairs and outputs, and that of the right answer alone, divided by p to share the axis.',
      ),
    ],
  };
}

async function hiddenSection(result: GrokkingRunResult): Promise<Section> {
  const course = courseOf(result);
  const { iterations, operations } = course;
  const structures = tracedStructures(course);
  return {
    heading: 'What happens meanwhile',
    blocks: [
      block.text(hiddenInWords(course)),
      block.figure(
        await lineChart({
          title: 'Hidden progress per iteration',
          series: [
            ...structures.map(({ operation, deviations }) => ({
              label: `circulant deviation${operations.length === 1 ? '' : `, ${operation.formula}`}`,
              y: deviations,
            })),
            { label: 'AGOP alignment', y: iterations.map((i) => i.alignment ?? Number.NaN) },
            { label: 'test accuracy', y: iterations.map((i) => i.testAccuracy) },
          ],
          x: iterationAxis,
          y: { domain: [0, 1] },
          places: placesOf(result),
        }),
        `${structures.length === 0 ? '' : 'Circulant deviation: variance along the wrapped diagonals of the lower left block over its squared norm, near 1 without structure. '}Alignment: cosine with the AGOP of the last iteration.`,
      ),
    ],
  };
}

function numbersSection(result: GrokkingRunResult): Section {
  const course = courseOf(result);
  const { iterations } = course;
  const structures = tracedStructures(course);
  const apart = course.operations.length === 1 ? [] : course.operations;
  const of = apart.length === 0 ? () => '' : (formula: string) => `, ${formula}`;
  const table = block.table({
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
  });
  return { heading: 'In numbers', blocks: [table] };
}
