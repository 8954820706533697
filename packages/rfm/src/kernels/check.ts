import { OptionError } from '@agop/core';
import { checkText } from '@agop/core/options';
import type { Kernel } from './kernel.ts';

/**
 * A kernel that was given as an option.
 *
 * @throws {OptionError} for anything else, such as the name of a kernel, or a factory that was not called
 */
export function checkKernel(option: string, kernel: Kernel): Kernel {
  checkText('option', option);
  const given: unknown = kernel;
  if (typeof given === 'object' && given !== null && 'geometry' in given) {
    if (['inner', 'power', 'coordinates'].includes(String(given.geometry))) return kernel;
  }
  if (typeof given === 'string' || typeof given === 'function') {
    const name = typeof given === 'string' ? given : given.name;
    const what = typeof given === 'string' ? 'the name of a kernel' : 'a function that makes a kernel';
    throw new OptionError(
      option,
      `The option ${option} must be a kernel, but '${name}' is ${what}. Call it, e.g. laplace({ bandwidth: 10 }).`,
    );
  }
  throw new OptionError(option, {
    requirement: 'be a kernel, e.g. laplace({ bandwidth: 10 })',
    received: given,
  });
}
