import { FormatError, ShapeError } from '@agop/core';
import { type ClassCode, classCode, type LabelCoding, restoreClassCode } from './class-codes.ts';
import { hostLabels, type Label, LabelEncoder, type LabelInput } from './labels.ts';
import { accuracy } from './metrics/classes.ts';
import type { TaskDescription } from './model-file.ts';
import { argmaxRows, type Rows } from './rows.ts';
import { classScore, numericScore, type ScoreName } from './scores.ts';
import type { HostTensor } from './storage/index.ts';
import type { Coding, Task, TaskTypes } from './task.ts';

/** The types of a classification with labels `L`. */
export interface Classification<L extends Label> extends TaskTypes {
  readonly targets: LabelInput<L>;
  readonly answers: L[];
  readonly tensorAnswers: L[];
  readonly classes: readonly L[];
}

/**
 * Classification: one output per class, or as the coding says, and the class of the largest share wins (the
 * first of equal ones). `score()` is the accuracy.
 *
 * @param coding how classes become targets; that of a saved model is the one it was fitted with
 */
export function classification<L extends Label>(coding: LabelCoding = 'oneHot'): Task<Classification<L>> {
  return {
    name: 'classification',
    async open(y, rows, noun) {
      const labels = await readLabels(y, rows, noun, '');
      const encoder = LabelEncoder.of(labels, 'y');
      const classes = new ClassCoding(encoder, classCode(coding, encoder.classes.length));
      return { coding: classes, y: classes.encode(labels, 'y') };
    },
    restore({ classes, coding: saved }, tensors) {
      if (!classes || classes.length < 2) {
        throw new FormatError('The saved model is damaged: it lacks its classes.');
      }
      if (new Set(classes).size < classes.length) {
        throw new FormatError('The saved model is damaged: it names a class twice.');
      }
      const code = restoreClassCode(saved ?? coding, classes.length, tensors);
      return new ClassCoding(new LabelEncoder(classes as L[]), code);
    },
  };
}

class ClassCoding<L extends Label> implements Coding<Classification<L>> {
  readonly classes: readonly L[];
  readonly #labels: LabelEncoder<L>;
  readonly #code: ClassCode;

  constructor(labels: LabelEncoder<L>, code: ClassCode) {
    this.#labels = labels;
    this.#code = code;
    this.classes = labels.classes;
  }

  get outputs(): number {
    return this.#code.outputs;
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

  trainedOn(y: Rows, weights?: ArrayLike<number>): ClassCoding<L> {
    return new ClassCoding(this.#labels, this.#code.trainedOn(y, weights));
  }

  targets({ data }: Rows): Float64Array<ArrayBuffer> {
    return this.#code.targets(data);
  }

  probabilities(outputs: ArrayLike<number>): Float64Array {
    return this.#code.probabilities(outputs);
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
        // The largest share has the largest probability; what clipping makes equal still has an order.
        return classScore(name, this.#code.shares(outputs), y.data, this.classes.length, weights);
      case 'logLoss':
      case 'brier':
        return classScore(name, this.probabilities(outputs), y.data, this.classes.length, weights);
      default: {
        // What logits are fitted to are the probabilities.
        const estimates = this.#code.name === 'logits' ? this.probabilities(outputs) : outputs;
        return numericScore(name, estimates, this.targets(y), this.outputs, weights);
      }
    }
  }

  answers(outputs: ArrayLike<number>): L[] {
    const winners = argmaxRows(this.#code.shares(outputs), this.classes.length);
    return Array.from(winners, (index) => this.classes[index] as L);
  }

  /** Labels that are no class count as wrong. */
  async grade(outputs: ArrayLike<number>, y: LabelInput<L>, noun: string): Promise<number> {
    const labels = await readLabels(y, outputs.length / this.outputs, noun, '');
    return accuracy(this.answers(outputs), labels);
  }

  describe(): TaskDescription {
    const { name } = this.#code;
    const description: TaskDescription = { task: 'classification', classes: [...this.classes] };
    // Files say nothing of the two codings that older programs know, each of which is its family's.
    return name === 'oneHot' || name === 'signed' ? description : { ...description, coding: name };
  }

  tensors(): Record<string, HostTensor> {
    return this.#code.tensors();
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
