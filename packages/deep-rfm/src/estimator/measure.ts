import { type Backend, type Tensor, toHostMatrix } from '@agop/core';
import type { KernelMachine, Label } from '@agop/rfm';
import { accuracy } from '@agop/rfm/estimators';
import { collapseDrop } from '../collapse/drop.ts';
import { type CollapseMetrics, metricsOfRows } from '../collapse/metrics.ts';
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

/** Collapse of the rows of a tensor. */
export async function measureCollapse(
  x: Tensor,
  { own, present }: Assignment,
  what: string,
): Promise<CollapseMetrics> {
  return metricsOfRows(await toHostMatrix(x, what), own, present);
}

/** Part of the rows whose largest output is that of their class. */
export async function measureAccuracy(
  backend: Backend,
  machine: KernelMachine,
  rows: Tensor,
  { all }: Assignment,
): Promise<number> {
  using outputs = machine.predict(rows);
  using largest = backend.argmax(outputs, 1);
  return accuracy(await largest.read(), all);
}

/** Puts the measures of a layer together. */
export function layerMeasures(stages: StageMetrics, accuracy: number): LayerMeasures {
  const { input, projected, features } = stages;
  const ratios = {
    input: input.nc1.ratio,
    projected: projected.nc1.ratio,
    features: features.nc1.ratio,
  };
  const divisible = Math.min(...Object.values(ratios)) > 0;
  return { ...stages, drop: divisible ? collapseDrop(ratios) : null, accuracy };
}
