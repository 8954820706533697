import { FormatError } from '@agop/core';
import { checkMembers } from '@agop/core/options';
import { fromFile } from '@agop/estimators';
import { type KernelFactory, kernelFromDescription } from '@agop/rfm';
import { convolutionalNngp, convolutionalNtk } from './convolutional.ts';
import type { ImageKernel, ImageKernelOptions, ImageKernelParameters } from './image-kernel.ts';
import { patchKernel } from './patch-kernel.ts';

/** Name and parameters of a kernel: what a saved model holds of it. */
export interface ImageKernelDescription {
  readonly name: string;
  readonly parameters: ImageKernelParameters;
}

/**
 * The kernel of a description.
 *
 * @param factories the user's own kernels on patches, by name
 * @throws {FormatError} for an unknown name, and parameters that are missing or that the kernel refuses
 */
export function imageKernelFromDescription(
  description: ImageKernelDescription,
  factories: Readonly<Record<string, KernelFactory>> = {},
): ImageKernel {
  checkMembers('imageKernelFromDescription()', { kernels: factories }, { kernels: 'object' });
  fromFile('kernel', () => checkMembers('a kernel', description, { name: 'text', parameters: 'object' }));
  const { name, parameters } = description;
  const { patchSize, padding, pooling, ...rest } = parameters;
  if (typeof patchSize !== 'number' || typeof padding !== 'string' || typeof pooling !== 'string') {
    throw new FormatError(`The saved kernel '${name}' lacks its patch size, padding or pooling.`);
  }
  // The factories check the words.
  const common = { patchSize, padding, pooling } as Required<ImageKernelOptions>;
  if (name === 'convolutionalNtk' || name === 'convolutionalNngp') {
    const { depth } = rest;
    if (typeof depth !== 'number') throw new FormatError(`The saved kernel '${name}' lacks its depth.`);
    return fromFile(`kernel '${name}'`, () =>
      ({ convolutionalNtk, convolutionalNngp })[name]({ ...common, depth }),
    );
  }
  if (!name.startsWith('patches.')) throw new FormatError(`The saved kernel '${name}' is not known.`);
  const numbers = Object.entries(rest).filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number',
  );
  const inner = { name: name.slice('patches.'.length), parameters: Object.fromEntries(numbers) };
  const kernel = kernelFromDescription(inner, factories);
  return fromFile(`kernel '${name}'`, () => patchKernel(kernel, common));
}
