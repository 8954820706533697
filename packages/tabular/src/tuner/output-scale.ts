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
  /** What outputs do not fall below, in the units of the targets: where targets end with many equal ones. */
  readonly least?: number;
  /** What they do not exceed. */
  readonly most?: number;
}

/**
 * Targets end at a value that so many of them share: 0 of what is counted or paid at times, the largest value
 * where larger ones are cut off. Where such targets are predicted, what lies beyond is wrong for sure.
 */
const [endShare, fewestAtEnd] = [0.01, 5];

/** The scale of the values of one output. */
export function fitScale(kind: TargetTransform, values: Float64Array): OutputScale {
  const transform = fitTransform(kind, values);
  const data = values.map((value) => applyTransform(transform, value));
  const { mean, deviation } = measureColumns({ data, rows: data.length, columns: 1 });
  return { ...transform, mean: mean[0] as number, deviation: deviation[0] || 1, ...endsOf(values) };
}

function endsOf(values: Float64Array): Pick<OutputScale, 'least' | 'most'> {
  const [least, most] = values.reduce(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)] as const,
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY] as const,
  );
  const isEnd = (end: number): boolean =>
    values.filter((value) => value === end).length >= Math.max(fewestAtEnd, endShare * values.length);
  return { ...(isEnd(least) && { least }), ...(isEnd(most) && { most }) };
}

/** A value of the targets as it is fitted. */
export function toFitted(scale: OutputScale, value: number): number {
  return (applyTransform(scale, value) - scale.mean) / scale.deviation;
}

/** A fitted output in the units of the targets. */
export function toUnits(scale: OutputScale, fitted: number): number {
  const { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY } = scale;
  return Math.min(Math.max(revertTransform(scale, fitted * scale.deviation + scale.mean), least), most);
}

/** How fast a fitted output moves in the units of the targets: beyond their ends not at all. */
export function slopeOfUnits(scale: OutputScale, fitted: number): number {
  const { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY } = scale;
  const value = revertTransform(scale, fitted * scale.deviation + scale.mean);
  if (value < least || value > most) return 0;
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
