import { FormatError, ValueError } from '@agop/core';
import { type HostTensor, requireTensor } from './storage/index.ts';

/** Mean and standard deviation of each output of a regression. */
export interface TargetScale {
  readonly mean: Float64Array;
  /** 1 for an output that does not vary. */
  readonly deviation: Float64Array;
}

/** The scale that changes nothing. */
export function unitScale(outputs: number): TargetScale {
  return { mean: new Float64Array(outputs), deviation: new Float64Array(outputs).fill(1) };
}

/**
 * Means and standard deviations over the rows of targets [n, outputs].
 *
 * @throws {ValueError} if no output varies
 */
export function measureScale(data: ArrayLike<number>, outputs: number): TargetScale {
  const rows = data.length / outputs;
  const { mean, deviation } = unitScale(outputs);
  let varies = false;
  for (let c = 0; c < outputs; c++) {
    let sum = 0;
    for (let i = 0; i < rows; i++) sum += data[i * outputs + c] as number;
    const middle = sum / rows;
    let squares = 0;
    for (let i = 0; i < rows; i++) squares += ((data[i * outputs + c] as number) - middle) ** 2;
    const spread = Math.sqrt(squares / rows);
    const isConstant = spread <= 1e-14 * Math.abs(middle);
    mean[c] = middle;
    deviation[c] = isConstant ? 1 : spread;
    varies ||= !isConstant;
  }
  if (!varies) throw new ValueError('y is constant: there is nothing to learn. Check the targets.');
  return { mean, deviation };
}

/** (y - mean) / deviation, a new array. */
export function standardize(data: ArrayLike<number>, scale: TargetScale): Float64Array {
  const outputs = scale.mean.length;
  return Float64Array.from({ length: data.length }, (_, i) => {
    const c = i % outputs;
    return ((data[i] as number) - (scale.mean[c] as number)) / (scale.deviation[c] as number);
  });
}

/** y · deviation + mean, a new array. */
export function restore(data: ArrayLike<number>, scale: TargetScale): Float64Array {
  const outputs = scale.mean.length;
  return Float64Array.from({ length: data.length }, (_, i) => {
    const c = i % outputs;
    return (data[i] as number) * (scale.deviation[c] as number) + (scale.mean[c] as number);
  });
}

/** The name of the scale among the tensors of a model file. */
const tensorName = 'targetScale';

/** The scale as a tensor of a model file: [2, outputs], means and deviations. */
export function savedScale({ mean, deviation }: TargetScale): Record<string, HostTensor> {
  const data = Float64Array.from([...mean, ...deviation]);
  return { [tensorName]: { dtype: 'float64', shape: [2, mean.length], data } };
}

/** Reads {@link savedScale}. @throws {FormatError} if it is missing or of another shape */
export function restoredScale(tensors: Readonly<Record<string, HostTensor>>): TargetScale {
  const { data, shape } = requireTensor(tensors, tensorName, 2);
  const values = Float64Array.from(data);
  const outputs = shape[1] as number;
  if (shape[0] !== 2) throw new FormatError('The saved model is damaged: its target scale is incomplete.');
  return { mean: values.slice(0, outputs), deviation: values.slice(outputs) };
}
