import type { GrokkingIteration, GrokkingResult, ModularTask } from '@agop/grokking';
import { formatNumber, formatPercent } from '@agop/report';
import { diagonalsOf, type TracedStructure, tracedStructures, whyNoStructure } from './structures.ts';

/** What is known of an operation's answers before anything is learned. */
interface Guess {
  /** Share that is right where one always gives the most frequent answer. */
  readonly share: number;
  readonly words: string;
}

/** Guesses at the operation `index` of a task. Products, for one, are 0 more often than anything else. */
function guessOf({ p, train, test }: ModularTask, index: number): Guess {
  const counts = new Int32Array(p);
  let pairs = 0;
  for (const { labels, operationIndex } of [train, test]) {
    for (const [i, label] of labels.entries()) {
      if (operationIndex[i] !== index) continue;
      counts[label] = (counts[label] as number) + 1;
      pairs++;
    }
  }
  const most = Math.max(...counts);
  const share = most / pairs;
  const percentage = formatPercent(share);
  const words =
    most * p === pairs
      ? `chance (1 of ${p}: ${percentage})`
      : `chance (the most frequent answer, ${counts.indexOf(most)}: ${percentage})`;
  return { share, words };
}

/** How far above its guesses a machine has to be that does not guess. */
const beyond = 0.05;

/** Test accuracy above which a machine does not guess: five points more than always giving the most frequent answer. */
export function beyondChance(task: ModularTask): number {
  const shares = task.operations.map((_, k) => guessOf(task, k).share);
  return shares.reduce((sum, share) => sum + share, 0) / shares.length + beyond;
}

/** How the run went, in words. */
export function verdict(
  { task, iterations }: Pick<GrokkingResult, 'task' | 'iterations'>,
  endedEarly?: string,
): string[] {
  const last = iterations.at(-1) as GrokkingIteration;
  const parts = task.operations.map(
    ({ formula }, k) => `${formula} ${percent(last.operations?.[k]?.testAccuracy ?? Number.NaN)}`,
  );
  const apart = last.operations ? ` (${parts.join(', ')})` : '';
  const trainLoss = Math.max(...iterations.map((i) => i.trainLoss));
  return [
    ...rises(task, iterations),
    `It ends at ${percent(last.testAccuracy)}${apart}. The training loss was at most ${trainLoss.toExponential(1)} all along.`,
    ...(endedEarly === undefined ? [] : [endedEarly]),
  ];
}

/** When the test accuracy of each operation rose, if it did. */
function rises(task: ModularTask, iterations: readonly GrokkingIteration[]): string[] {
  return task.operations.map(({ formula }, k) => {
    const accuracies = iterations.map((i) => i.operations?.[k]?.testAccuracy ?? i.testAccuracy);
    const what = task.operations.length === 1 ? 'The test accuracy' : `The test accuracy of ${formula}`;
    return rise(what, accuracies, guessOf(task, k));
  });
}

function rise(what: string, accuracies: readonly number[], { share, words }: Guess): string {
  const at = (accuracy: number): number => accuracies.findIndex((value) => value >= accuracy);
  const highest = Math.max(...accuracies);
  const start = at(share + beyond);
  if (start < 0) {
    return `${what} never left the level of ${words}: it was at most ${percent(highest)}. More iterations, or a larger fraction of the table, may help.`;
  }
  const leaves =
    start === 0
      ? `${what} is above ${words} at the first fit already`
      : `${what} leaves the level of ${words} at iteration ${start}`;
  const half = at(0.5);
  if (half < 0) return `${leaves}, but was at most ${percent(highest)}.`;
  const all = at(1);
  const passes = `${leaves}, passes 50 % at ${half}`;
  if (all < 0) return `${passes}, and is at most ${percent(highest)}.`;
  const stays = accuracies.slice(all).every((value) => value === 1);
  return `${passes}, and is 100 % ${stays ? `from ${all} on` : `at ${all}, though not ever after`}.`;
}

/** What the training pairs tell. */
export function fitInWords(iterations: readonly GrokkingIteration[]): string {
  const loss = Math.max(...iterations.map((i) => i.trainLoss));
  const accuracy = Math.min(...iterations.map((i) => i.trainAccuracy));
  return loss < 1e-10
    ? 'Each iteration fits a kernel machine exactly to the training pairs, so accuracy and loss on them say nothing. What counts are the other pairs.'
    : `Each iteration fits a kernel machine to the training pairs, with a training loss of at most ${formatNumber(loss, 2)} and an accuracy of at least ${formatPercent(accuracy)}. What counts are the other pairs.`;
}

/** What the AGOP did meanwhile. */
export function hiddenInWords(result: Pick<GrokkingResult, 'task' | 'iterations'>): string {
  const { task, iterations } = result;
  const alignment = iterations[0]?.alignment ?? Number.NaN;
  const sentences = [
    iterations.length === 1
      ? 'The average gradient outer product (AGOP), from which a next metric would be made:'
      : `Behind that, the average gradient outer product (AGOP), from which the next metric is made, changes from iteration to iteration. The first has an alignment of ${formatNumber(alignment, 3)} with the last.`,
    ...tracedStructures(result).map(structureInWords),
    ...task.operations.map((operation) => whyNoStructure(operation, task.p) ?? ''),
  ];
  return sentences.filter((sentence) => sentence !== '').join(' ');
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
export function deviationsInWords(structures: readonly TracedStructure[], chosen: readonly number[]): string {
  return structures
    .map(({ operation, structure, deviations }) => {
      const values = chosen.map((i) => formatNumber(deviations[i] ?? Number.NaN, 2)).join(', ');
      return `Deviation of the AGOP from constant ${diagonalsOf(structure)}, for ${operation.formula}: ${values}.`;
    })
    .join(' ');
}

/** A share that does not look like all unless it is. */
function percent(share: number): string {
  return share < 1 && share >= 0.9995 ? `${(100 * share).toFixed(3)} %` : formatPercent(share);
}
