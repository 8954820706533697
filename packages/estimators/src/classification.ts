import { FormatError, ShapeError } from '@agop/core';
import { hostLabels, type Label, LabelEncoder, type LabelInput, oneHot } from './labels.ts';
import { accuracy } from './metrics/classes.ts';
import type { TaskDescription } from './model-file.ts';
import { argmaxRows, type Rows } from './rows.ts';
import { classScore, numericScore, type ScoreName } from './scores.ts';
import type { Coding, Task, TaskTypes } from './task.ts';

/** How classes become targets: 1 for the own class, and 0 (`oneHot`) or -1 (`signed`) for the others. */
export type LabelCoding = 'oneHot' | 'signed';

/** The types of a classification with labels `L`. */
export interface Classification<L extends Label> extends TaskTypes {
  readonly targets: LabelInput<L>;
  readonly answers: L[];
  readonly tensorAnswers: L[];
  readonly classes: readonly L[];
}

/**
 * Classification: one output per class, and the largest one wins (the first of equal ones). `score()` is the
 * accuracy.
 */
export function classification<L extends Label>(coding: LabelCoding = 'oneHot'): Task<Classification<L>> {
  return {
    name: 'classification',
    async open(y, rows, noun) {
      const labels = await readLabels(y, rows, noun, '');
      const classes = new ClassCoding(LabelEncoder.of(labels, 'y'), coding);
      return { coding: classes, y: classes.encode(labels, 'y') };
    },
    restore({ classes }) {
      if (!classes || classes.length < 2) {
        throw new FormatError('The saved model is damaged: it lacks its classes.');
      }
      if (new Set(classes).size < classes.length) {
        throw new FormatError('The saved model is damaged: it names a class twice.');
      }
      return new ClassCoding(new LabelEncoder(classes as L[]), coding);
    },
  };
}

/**
 * Estimates of class probabilities, row-major [n, classes]: outputs of a regression on targets {0, 1},
 * clipped to [0, 1] and scaled to sum 1 (all equal where none is positive).
 */
export function toProbabilities(outputs: ArrayLike<number>, classes: number): Float64Array {
  const probabilities = Float64Array.from(outputs, (output) => Math.min(1, Math.max(0, output)));
  for (let begin = 0; begin < probabilities.length; begin += classes) {
    const row = probabilities.subarray(begin, begin + classes);
    const total = row.reduce((sum, value) => sum + value, 0);
    for (let j = 0; j < classes; j++) row[j] = total > 0 ? (row[j] as number) / total : 1 / classes;
  }
  return probabilities;
}

class ClassCoding<L extends Label> implements Coding<Classification<L>> {
  readonly classes: readonly L[];
  readonly #labels: LabelEncoder<L>;
  readonly #coding: LabelCoding;

  constructor(labels: LabelEncoder<L>, coding: LabelCoding) {
    this.#labels = labels;
    this.#coding = coding;
    this.classes = labels.classes;
  }

  get outputs(): number {
    return this.classes.length;
  }

  /** Class indices [n, 1]. */
  encode(labels: ArrayLike<L>, what: string): Rows {
    return { data: this.#labels.encode(labels, what), rows: labels.length, columns: 1 };
  }

  async read(y: LabelInput<L>, rows: number, noun: string, prefix: string): Promise<Rows> {
    return this.encode(await readLabels(y, rows, noun, prefix), `${prefix}y`);
  }

  strata({ data }: Rows): ArrayLike<number> {
    return data;
  }

  trainedOn(): this {
    return this;
  }

  targets({ data }: Rows): Float64Array<ArrayBuffer> {
    const targets = oneHot(data, this.outputs);
    return this.#coding === 'oneHot' ? targets : targets.map((value) => 2 * value - 1);
  }

  units(): Float64Array {
    return new Float64Array(this.outputs).fill(1);
  }

  score(name: ScoreName, outputs: ArrayLike<number>, y: Rows, weights?: ArrayLike<number>): number {
    switch (name) {
      case 'accuracy':
      case 'balancedAccuracy':
      case 'f1':
      case 'auc':
        // The largest output has the largest probability; what clipping makes equal still has an order.
        return classScore(name, outputs, y.data, this.outputs, weights);
      case 'logLoss':
      case 'brier':
        return classScore(
          name,
          toProbabilities(this.#asShares(outputs), this.outputs),
          y.data,
          this.outputs,
          weights,
        );
      default:
        return numericScore(name, outputs, this.targets(y), this.outputs, weights);
    }
  }

  /** Outputs as estimates of the targets {0, 1}. */
  #asShares(outputs: ArrayLike<number>): ArrayLike<number> {
    return this.#coding === 'oneHot' ? outputs : Float64Array.from(outputs, (value) => (value + 1) / 2);
  }

  answers(outputs: ArrayLike<number>): L[] {
    return Array.from(argmaxRows(outputs, this.outputs), (index) => this.classes[index] as L);
  }

  /** Labels that are no class count as wrong. */
  async grade(outputs: ArrayLike<number>, y: LabelInput<L>, noun: string): Promise<number> {
    const labels = await readLabels(y, outputs.length / this.outputs, noun, '');
    return accuracy(this.answers(outputs), labels);
  }

  describe(): TaskDescription {
    return { task: 'classification', classes: [...this.classes] };
  }

  tensors(): Record<string, never> {
    return {};
  }
}

async function readLabels<L extends Label>(
  y: LabelInput<L>,
  rows: number,
  noun: string,
  prefix: string,
): Promise<ArrayLike<L>> {
  const labels = await hostLabels(y, `${prefix}y`);
  if (labels.length !== rows) {
    throw new ShapeError(`${prefix}X has ${rows} ${noun}, but ${prefix}y has ${labels.length} labels.`);
  }
  return labels;
}
