import { FormatError } from '@agop/core';
import { checkMembers } from '@agop/core/options';
import { fromFile } from '@agop/estimators';
import { kernels } from './built-in.ts';
import { checkKernel } from './check.ts';
import type { Kernel, KernelParameters } from './kernel.ts';

/** Name and parameters of a kernel: what a saved model holds of it. */
export interface KernelDescription {
  readonly name: string;
  readonly parameters: KernelParameters;
}

/**
 * Makes a kernel of known name again from its saved parameters: a function of them, or what `defineKernel`
 * returns.
 */
export type KernelFactory =
  | ((parameters: KernelParameters) => Kernel)
  | { restore(parameters: KernelParameters): Kernel };

const builtIn: Readonly<Record<string, KernelFactory>> = kernels;

/** Names of the kernels that come with this package. */
export const kernelNames: readonly string[] = Object.keys(kernels);

/** What a saved model holds of a kernel. */
export function describeKernel(kernel: Kernel): KernelDescription {
  return { name: kernel.name, parameters: kernel.parameters };
}

/**
 * The kernel of a description.
 *
 * @param factories the user's own kernels, by name
 * @throws {FormatError} for an unknown name, and parameters that are missing or that the kernel refuses
 * @throws {OptionError} for a factory that returns no kernel
 */
export function kernelFromDescription(
  description: KernelDescription,
  factories: Readonly<Record<string, KernelFactory>> = {},
): Kernel {
  checkMembers('kernelFromDescription()', { kernels: factories }, { kernels: 'object' });
  fromFile('kernel', () => checkMembers('a kernel', description, { name: 'text', parameters: 'object' }));
  const { name, parameters } = description;
  const own = Object.hasOwn(factories, name) ? factories[name] : undefined;
  const factory = own ?? (Object.hasOwn(builtIn, name) ? builtIn[name] : undefined);
  if (!factory) {
    throw new FormatError(
      `The kernel '${name}' is not among ${kernelNames.join(', ')}. Pass its factory in \`kernels\`.`,
    );
  }
  const kernel = fromFile(`kernel '${name}'`, () =>
    'restore' in factory ? factory.restore(parameters) : factory(parameters),
  );
  return checkKernel('kernels', kernel);
}
