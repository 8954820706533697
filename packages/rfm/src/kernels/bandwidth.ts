import { OptionError } from '@agop/core';
import type { Kernel } from './kernel.ts';

/**
 * The kernel with another bandwidth: its parameter `bandwidth` times a factor.
 *
 * @param factor positive
 * @throws {OptionError} for a kernel without such a parameter
 */
export function scaleBandwidth<K extends Kernel>(kernel: K, factor: number): K {
  const { bandwidth } = kernel.parameters;
  if (bandwidth === undefined) {
    throw new OptionError(
      'bandwidthMode',
      `The kernel '${kernel.name}' has no bandwidth that could be adapted.`,
    );
  }
  // Parameters are inputs of the kernel's expressions, bound where it is computed.
  return { ...kernel, parameters: { ...kernel.parameters, bandwidth: bandwidth * factor } };
}
