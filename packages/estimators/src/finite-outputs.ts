import { ValueError } from '@agop/core';

/**
 * Outputs as they came, all of them finite.
 *
 * @throws {ValueError} where the numbers of a model and of samples are so large that outputs overflow
 */
export function finiteOutputs<T extends ArrayLike<number>>(outputs: T): T {
  for (let at = 0; at < outputs.length; at++) {
    if (Number.isFinite(outputs[at])) continue;
    throw new ValueError(
      `The prediction overflows: output ${at} (counted from 0) is ${outputs[at]}. Rescale the features, or use the model in float64.`,
    );
  }
  return outputs;
}
