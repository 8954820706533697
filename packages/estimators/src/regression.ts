import { FormatError, ShapeError, ValueError } from '@agop/core';
import { finiteOutputs } from './finite-outputs.ts';
import { type MatrixInput, outputLike, type TfTensorLike, toHostMatrix } from './input/index.ts';
import type { TaskDescription } from './model-file.ts';
import type { Rows } from './rows.ts';
import { numericScore, type ScoreName } from './scores.ts';
import {
  measureColumns,
  measureWeighted,
  restore,
  type Standardization,
  standardize,
  unitStandardization,
} from './standardization.ts';
import { type HostTensor, requireTensor } from './storage/index.ts';
import type { Answers, Coding, Task, TaskTypes } from './task.ts';

/** The types of a regression. */
export interface Regression extends TaskTypes {
  readonly targets: MatrixInput;
  readonly answers: Float64Array;
  readonly tensorAnswers: TfTensorLike;
  readonly classes: undefined;
}

/**
 * Regression: one output per column of the targets. `score()` is the coefficient of determination R²,
 * averaged over outputs.
 *
 * @param standardizesTargets whether each output is fitted with mean 0 and standard deviation 1; predictions
 *   are in the units of y anyhow
 */
export function regression(standardizesTargets = true): Task<Regression> {
  return {
    name: 'regression',
    async open(y, rows, noun) {
      const values = await readValues(y, rows, noun, '');
      const scale = unitStandardization(values.columns);
      return { y: values, coding: new ValueCoding(scale, standardizesTargets) };
    },
    restore(_, tensors) {
      const { shape } = requireTensor(tensors, scaleName, 2);
      const outputs = shape[1] as number;
      const values = Float64Array.from(requireTensor(tensors, scaleName, [2, outputs]).data);
      const scale = { mean: values.slice(0, outputs), deviation: values.slice(outputs) };
      if (!scale.deviation.every((value) => value > 0)) {
        throw new FormatError('The saved model is damaged: its targets have no positive scale.');
      }
      return new ValueCoding(scale, standardizesTargets);
    },
  };
}

/** The name of the scale among the tensors of a model file: [2, outputs], means and deviations. */
const scaleName = 'targetScale';

class ValueCoding implements Coding<Regression> {
  readonly classes: undefined;
  readonly outputs: number;
  readonly #scale: Standardization;
  readonly #standardizes: boolean;

  constructor(scale: Standardization, standardizes: boolean) {
    this.outputs = scale.mean.length;
    this.#scale = scale;
    this.#standardizes = standardizes;
  }

  async read(y: MatrixInput, rows: number, noun: string, prefix: string): Promise<Rows> {
    const values = await readValues(y, rows, noun, prefix);
    if (values.columns !== this.outputs) {
      throw new ShapeError(`${prefix}y has ${values.columns} columns, but y has ${this.outputs}.`);
    }
    return values;
  }

  strata(): undefined {
    return undefined;
  }

  trainedOn(y: Rows, weights?: ArrayLike<number>): ValueCoding {
    if (!this.#standardizes) return this;
    checkSquares(y);
    const { mean, deviation } = weights ? measureWeighted(y, weights) : measureColumns(y);
    if (deviation.every((value) => value === 0)) {
      throw new ValueError('y is constant: there is nothing to learn. Check the targets.');
    }
    // An output that does not vary keeps its unit, so that its mean can be restored.
    return new ValueCoding({ mean, deviation: deviation.map((value) => value || 1) }, true);
  }

  targets({ data }: Rows): Float64Array<ArrayBuffer> {
    return standardize(data, this.#scale);
  }

  units(): Float64Array {
    return Float64Array.from(this.#scale.deviation);
  }

  probabilities(): undefined {
    return undefined;
  }

  score(name: ScoreName, outputs: ArrayLike<number>, y: Rows, weights?: ArrayLike<number>): number {
    return numericScore(name, restore(outputs, this.#scale), y.data, this.outputs, weights);
  }

  answers(outputs: ArrayLike<number>, input: unknown): Answers<Regression> | Promise<Answers<Regression>> {
    const rows = outputs.length / this.outputs;
    const shape = this.outputs === 1 ? [rows] : [rows, this.outputs];
    return outputLike(input, finiteOutputs(restore(outputs, this.#scale)), shape);
  }

  async grade(outputs: ArrayLike<number>, y: MatrixInput, noun: string): Promise<number> {
    const values = await readValues(y, outputs.length / this.outputs, noun, '');
    if (values.columns !== this.outputs) {
      throw new ShapeError(
        `y has ${values.columns} columns, but the model predicts ${this.outputs} outputs.`,
      );
    }
    return this.score('r2', outputs, values);
  }

  describe(): TaskDescription {
    return { task: 'regression', singleOutput: this.outputs === 1 };
  }

  tensors(): Record<string, HostTensor> {
    const { mean, deviation } = this.#scale;
    const data = Float64Array.from([...mean, ...deviation]);
    return { [scaleName]: { dtype: 'float64', shape: [2, this.outputs], data } };
  }
}

/** Between these, squares of targets and their sums stay within float64. */
const [smallest, largest] = [1e-150, 1e150];

/** @throws {ValueError} for a column whose squares would overflow or vanish */
function checkSquares({ data, columns }: Rows): void {
  for (let column = 0; column < columns; column++) {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let at = column; at < data.length; at += columns) {
      low = Math.min(low, data[at] as number);
      high = Math.max(high, data[at] as number);
    }
    const [size, range] = [Math.max(Math.abs(low), Math.abs(high)), high - low];
    const fault = size > largest ? 'large' : range > 0 && range < smallest ? 'small' : undefined;
    if (fault === undefined) continue;
    const which = columns === 1 ? 'y has' : `Column ${column} of y has`;
    throw new ValueError(
      `${which} values that are too ${fault} to be squared in float64, ${low} to ${high}. Rescale them.`,
    );
  }
}

async function readValues(y: MatrixInput, rows: number, noun: string, prefix: string): Promise<Rows> {
  const values = await toHostMatrix(y, `${prefix}y`);
  if (values.rows !== rows) {
    throw new ShapeError(`${prefix}X has ${rows} ${noun}, but ${prefix}y has ${values.rows} rows.`);
  }
  return values;
}
