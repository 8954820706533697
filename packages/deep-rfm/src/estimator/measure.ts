import type { Backend, Tensor } from '@agop/core';
import { type Label, toHostMatrix } from '@agop/estimators';
import type { KernelMachine } from '@agop/rfm';
import { type ClassifiedFeatures, statisticsOf } from '../collapse/class-statistics.ts';
import { collapseDrop } from '../collapse/drop.ts';
import type { LayerMeasures, StageMetrics } from './records.ts';

/** Class indices of rows, and the classes that occur among them. */
export interface Assignment {
  /** [n], indices into all classes of the model */
  readonly all: Int32Array;
  /** [n], indices into `present` */
  readonly own: Int32Array;
  readonly present: readonly Label[];
}

/** Leaves out classes that do not occur: held-out rows may lack some. */
export function assignmentOf(indices: Int32Array, classes: readonly Label[]): Assignment {
  const occurring = [...new Set(indices)].sort((a, b) => a - b);
  const position = new Map(occurring.map((index, own) => [index, own]));
  return {
    all: indices,
    own: indices.map((index) => position.get(index) as number),
    present: occurring.map((index) => classes[index] as Label),
  };
}

/** Reads the rows of a tensor, to measure them. */
export async function classifyRows(
  x: Tensor,
  { own, present }: Assignment,
  what: string,
): Promise<ClassifiedFeatures> {
  const matrix = await toHostMatrix(x, what);
  return { matrix, statistics: statisticsOf(matrix, own, present) };
}

/** Index of the largest output at each row. */
export async function decide(backend: Backend, machine: KernelMachine, rows: Tensor): Promise<Int32Array> {
  using outputs = machine.predict(rows);
  using largest = backend.argmax(outputs, 1);
  return Int32Array.from(await largest.read());
}

/** Puts the measures of a layer together. */
export function layerMeasures(stages: StageMetrics, nc4: number, accuracy: number): LayerMeasures {
  const { input, projected, features } = stages;
  const ratios = {
    input: input.nc1.ratio,
    projected: projected.nc1.ratio,
    features: features.nc1.ratio,
  };
  const divisible = Math.min(...Object.values(ratios)) > 0;
  return { ...stages, drop: divisible ? collapseDrop(ratios) : null, nc4, accuracy };
}
