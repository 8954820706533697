import { measureColumns } from '@agop/estimators';
import {
  applyTransform,
  type FittedTransform,
  fitTransform,
  revertTransform,
  slopeOfReverted,
  type TargetTransform,
} from './target-transform.ts';

/**
 * How one output of a regression becomes what is fitted: transformed, then (t - mean) / deviation. Plain
 * data.
 */
export interface OutputScale extends FittedTransform {
  readonly mean: number;
  readonly deviation: number;
}

/** The scale of the values of one output. */
export function fitScale(kind: TargetTransform, values: Float64Array): OutputScale {
  const transform = fitTransform(kind, values);
  const data = values.map((value) => applyTransform(transform, value));
  const { mean, deviation } = measureColumns({ data, rows: data.length, columns: 1 });
  return { ...transform, mean: mean[0] as number, deviation: deviation[0] || 1 };
}

/** A value of the targets as it is fitted. */
export function toFitted(scale: OutputScale, value: number): number {
  return (applyTransform(scale, value) - scale.mean) / scale.deviation;
}

/** A fitted output in the units of the targets. */
export function toUnits(scale: OutputScale, fitted: number): number {
  return revertTransform(scale, fitted * scale.deviation + scale.mean);
}

/** How fast a fitted output moves in the units of the targets. */
export function slopeOfUnits(scale: OutputScale, fitted: number): number {
  return scale.deviation * slopeOfReverted(scale, fitted * scale.deviation + scale.mean);
}

/**
 * Outputs in the units in which they are judged and averaged: those of the targets.
 *
 * @param scales one for each output of a regression; none of a classification, whose outputs stay as they are
 */
export function inUnits(
  scales: readonly OutputScale[],
  outputs: Float32Array<ArrayBuffer>,
): Float32Array<ArrayBuffer> {
  if (scales.length === 0) return outputs;
  return outputs.map((value, at) => toUnits(scales[at % scales.length] as OutputScale, value));
}
