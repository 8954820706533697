import { OptionError } from '@agop/core';
import { checkGiven } from '@agop/core/options';
import { checkKernel, type InnerProductKernel, type Kernel } from '@agop/rfm';
import { resolveImageKernel } from './convolutional.ts';
import { type ImageKernel, type ImageKernelOptions, imageKernelNames } from './image-kernel.ts';
import { innerProductFields } from './inner-products.ts';

/**
 * The average over positions of a kernel between patches, such as `laplace` or `gaussian` of `@agop/rfm`: a
 * cheap alternative to the kernels of convolutional networks, which sees no more than one patch at a time.
 *
 * @param kernel any kernel of inner products
 * @throws {OptionError} for a kernel of power distances, and what is no kernel; for unknown names and values
 *   out of range
 *
 * @example
 * const kernel = patchKernel(laplace({ bandwidth: 3 }), { patchSize: 5 });
 */
export function patchKernel(kernel: Kernel, options: ImageKernelOptions = {}): ImageKernel {
  checkGiven('patchKernel()', options, imageKernelNames);
  checkKernel('kernel', kernel);
  if (kernel.geometry !== 'inner') {
    throw new OptionError(
      'kernel',
      `The kernel '${kernel.name}' is no function of inner products: use laplace or gaussian, for instance.`,
    );
  }
  return ofPatches(kernel, options);
}

function ofPatches(kernel: InnerProductKernel, options: ImageKernelOptions): ImageKernel {
  const common = resolveImageKernel(options);
  const made: ImageKernel = {
    ...common,
    name: `patches.${kernel.name}`,
    depth: 1,
    parameters: { ...kernel.parameters, ...common },
    fields: innerProductFields(kernel),
    withDepth: () => made,
  };
  return made;
}
