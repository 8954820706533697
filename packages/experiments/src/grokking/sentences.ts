import { type OptionMention, type OptionNaming, say, wording } from '@agop/core';
import { formatNumber, formatPercent } from '@agop/report';
import { ridgeWords, type TextSummary } from '../experiment.ts';
import { beyond } from './chance.ts';
import {
  type Course,
  courseOf,
  type GrokkingRunResult,
  type GrokkingSummary,
  type Iteration,
  type OperationRecord,
} from './result.ts';
import { diagonalsOf, type TracedStructure, tracedStructures, whyNoStructure } from './structures.ts';

/** The task for people: `x + y mod 61`. */
export function title({ p, operations }: Pick<Course, 'p' | 'operations'>): string {
  return `${operations.map(({ formula }) => formula).join(' and ')} mod ${p}`;
}

/** A result as text. @param naming what its sentences call options; default: as in code */
export function grokkingText(result: GrokkingRunResult, naming?: OptionNaming): TextSummary {
  const { trainingPairs, testPairs, kernel, ridge, device, dtype } = result.summary;
  const parameters = Object.entries(kernel.parameters).map(([name, value]) => `, ${name} ${value}`);
  return {
    title: title(courseOf(result)),
    facts: [
      `${trainingPairs} pairs for training, ${testPairs} for testing`,
      `${kernel.name} kernel${parameters.join('')}, ${ridgeWords(ridge)} · ${device}, ${dtype}`,
    ],
    findings: verdict(courseOf(result), result.summary, naming),
  };
}

/** How a run went, in words. */
export function verdict(
  { operations, iterations }: Course,
  { fraction, endedEarly }: Pick<GrokkingSummary, 'fraction' | 'endedEarly'>,
  naming?: OptionNaming,
): string[] {
  const last = iterations.at(-1) as Iteration;
  const parts = operations.map(
    ({ formula }, k) => `${formula} ${percent(last.operations?.[k]?.testAccuracy ?? Number.NaN)}`,
  );
  const apart = last.operations ? ` (${parts.join(', ')})` : '';
  const trainLoss = Math.max(...iterations.map((i) => i.trainLoss));
  return [
    ...operations.map((operation, k) =>
      rise(operation, accuraciesOf(iterations, k), operations.length === 1),
    ),
    `It ends at ${percent(last.testAccuracy)}${apart}. The training loss was at most ${trainLoss.toExponential(1)} all along.`,
    ...(endedEarly === undefined ? [] : [endedEarly]),
    ...(last.testAccuracy < 1 ? advice(fraction, endedEarly !== undefined, naming) : []),
  ];
}

/** What may bring the test accuracy to 100 %; iterations do not where a run cannot go on. */
function advice(fraction: number, hasEnded: boolean, naming?: OptionNaming): string[] {
  const more: OptionMention = { option: 'fraction', value: largerShare(fraction) };
  const share = wording`larger share of the table (${more}, for example)`;
  const isFull = fraction >= 0.8;
  if (isFull && hasEnded) return [];
  const what = isFull
    ? wording`More iterations`
    : hasEnded
      ? wording`A ${share}`
      : wording`A ${share}, or more iterations,`;
  return [say(wording`${what} may bring it to 100 %.`, naming)];
}

/** A share to train on that is larger, but leaves pairs to test on. */
function largerShare(fraction: number): number {
  return Math.max(0.6, Math.round(10 * fraction + 1) / 10);
}

/** Test accuracies of the operation `k`, iteration by iteration. */
export function accuraciesOf(iterations: readonly Iteration[], k: number): number[] {
  return iterations.map((i) => i.operations?.[k]?.testAccuracy ?? i.testAccuracy);
}

/** When the test accuracy of an operation rose, if it did. */
function rise(
  { formula, chance, mostFrequent }: OperationRecord,
  accuracies: readonly number[],
  isOnly: boolean,
): string {
  const what = isOnly ? 'The test accuracy' : `The test accuracy of ${formula}`;
  const level =
    mostFrequent === null
      ? `chance (1 of ${Math.round(1 / chance)}: ${formatPercent(chance)})`
      : `chance (the most frequent answer, ${mostFrequent}: ${formatPercent(chance)})`;
  const at = (accuracy: number): number => accuracies.findIndex((value) => value >= accuracy);
  const highest = percent(Math.max(...accuracies));
  const [start, half, all] = [at(chance + beyond), at(0.5), at(1)];
  if (start < 0) {
    return `${what} never left the level of ${level}: it was at most ${highest}.`;
  }
  const leaves =
    start === 0
      ? `${what} is above ${level} at the first fit already`
      : `${what} leaves the level of ${level} at iteration ${start}`;
  if (half < 0) return `${leaves}, but was at most ${highest}.`;
  const passes = `${leaves}, passes 50 % at ${half}`;
  if (all < 0) return `${passes}, and is at most ${highest}.`;
  const stays = accuracies.slice(all).every((value) => value === 1);
  return `${passes}, and is 100 % ${stays ? `from ${all} on` : `at ${all}, though not ever after`}.`;
}

/** What the training pairs tell. */
export function fitInWords(iterations: readonly Iteration[]): string {
  const loss = Math.max(...iterations.map((i) => i.trainLoss));
  const accuracy = Math.min(...iterations.map((i) => i.trainAccuracy));
  return loss < 1e-10
    ? 'Each iteration fits a kernel machine exactly to the training pairs, so accuracy and loss on them say nothing. What counts are the other pairs.'
    : `Each iteration fits a kernel machine to the training pairs, with a training loss of at most ${formatNumber(loss, 2)} and an accuracy of at least ${formatPercent(accuracy)}. What counts are the other pairs.`;
}

/** What the AGOP did meanwhile. */
export function hiddenInWords(course: Course): string {
  const { iterations } = course;
  const alignment = iterations[0]?.alignment ?? Number.NaN;
  return [
    iterations.length === 1
      ? 'The average gradient outer product (AGOP), from which a next metric would be made:'
      : `Behind that, the average gradient outer product (AGOP), from which the next metric is made, changes from iteration to iteration. The first has an alignment of ${formatNumber(alignment, 3)} with the last.`,
    ...tracedStructures(course).map(structureInWords),
    ...structuresMissing(course),
  ].join(' ');
}

/** Why nothing is said of the structure of some operations. */
export function structuresMissing({ operations, p }: Course): string[] {
  return operations.flatMap((operation) => whyNoStructure(operation, p) ?? []);
}

function structureInWords({ operation, structure, deviations }: TracedStructure): string {
  const [first, last] = [deviations[0] ?? Number.NaN, deviations.at(-1) ?? Number.NaN];
  const order = structure.group === 'multiplicative' ? ', in the order of discrete logarithms,' : '';
  const course =
    deviations.length === 1
      ? `is ${formatNumber(last, 2)}`
      : `goes from ${formatNumber(first, 2)} to ${formatNumber(last, 2)}`;
  return `The circulant deviation of its off-diagonal block for ${operation.formula}${order} ${course}: ${state(last)} ${diagonalsOf(structure)}.`;
}

/** How near a block is to being constant along its diagonals. */
function state(deviation: number): string {
  if (!(deviation >= 0)) return 'the block is zero, so one cannot say whether it is constant along its';
  if (deviation < 0.1) return 'the block is nearly constant along its';
  return deviation < 0.5
    ? 'the block is on the way to being constant along its'
    : 'the block is not constant along its';
}

/** The deviations at the iterations that a picture shows. */
export function deviationsInWords(structures: readonly TracedStructure[], shown: readonly number[]): string {
  return structures
    .map(({ operation, structure, deviations }) => {
      const values = shown.map((i) => formatNumber(deviations[i] ?? Number.NaN, 2)).join(', ');
      return `Deviation of the AGOP from constant ${diagonalsOf(structure)}, for ${operation.formula}: ${values}.`;
    })
    .join(' ');
}

/** A share that does not look like all unless it is. */
function percent(share: number): string {
  return share < 1 && share >= 0.9995 ? `${(100 * share).toFixed(3)} %` : formatPercent(share);
}
