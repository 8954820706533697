import { FormatError } from '@agop/core';
import { exponentialPower, gaussian, laplace, lpq } from './distance-kernels.ts';
import type { Kernel, KernelParameters } from './kernel.ts';
import { generalQuadratic, nngp, ntk, quadratic } from './product-kernels.ts';

/** Name and parameters of a kernel: what a saved model holds of it. */
export interface KernelDescription {
  readonly name: string;
  readonly parameters: KernelParameters;
}

/** Makes a kernel of known name again from its parameters. */
export type KernelFactory = (parameters: KernelParameters) => Kernel;

const builtIn: Readonly<Record<string, KernelFactory>> = {
  laplace: (k) => laplace({ bandwidth: parameter(k, 'bandwidth') }),
  gaussian: (k) => gaussian({ bandwidth: parameter(k, 'bandwidth') }),
  exponentialPower: (k) =>
    exponentialPower({ bandwidth: parameter(k, 'bandwidth'), exponent: parameter(k, 'exponent') }),
  lpq: (k) =>
    lpq({ bandwidth: parameter(k, 'bandwidth'), p: parameter(k, 'norm'), q: parameter(k, 'exponent') }),
  quadratic: (k) => quadratic({ scale: parameter(k, 'scale') }),
  generalQuadratic: () => generalQuadratic(),
  ntk: (k) => ntk({ depth: parameter(k, 'depth') }),
  nngp: (k) => nngp({ depth: parameter(k, 'depth') }),
};

/** Names of the kernels that come with this package. */
export const kernelNames: readonly string[] = Object.keys(builtIn);

/** What a saved model holds of a kernel. */
export function describeKernel(kernel: Kernel): KernelDescription {
  return { name: kernel.name, parameters: kernel.parameters };
}

/**
 * The kernel of a description.
 *
 * @param factories the user's own kernels, by name
 * @throws {FormatError} for an unknown name or a missing parameter
 */
export function kernelFromDescription(
  description: KernelDescription,
  factories: Readonly<Record<string, KernelFactory>> = {},
): Kernel {
  const factory = factories[description.name] ?? builtIn[description.name];
  if (!factory) {
    throw new FormatError(
      `The kernel '${description.name}' is not among ${kernelNames.join(', ')}. Pass its factory in \`kernels\`.`,
    );
  }
  return factory(description.parameters);
}

function parameter(parameters: KernelParameters, name: string): number {
  const value = parameters[name];
  if (typeof value !== 'number') throw new FormatError(`A saved kernel lacks its parameter '${name}'.`);
  return value;
}
