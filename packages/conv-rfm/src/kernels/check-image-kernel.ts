import { OptionError } from '@agop/core';
import type { ImageKernel } from './image-kernel.ts';

/** @throws {OptionError} for anything but a kernel on images */
export function checkImageKernel(kernel: ImageKernel): void {
  const given: unknown = kernel;
  const isKernel =
    typeof given === 'object' &&
    given !== null &&
    'fields' in given &&
    'withDepth' in given &&
    typeof given.withDepth === 'function';
  if (isKernel) return;
  const requirement = 'be a kernel on images, e.g. convolutionalNtk() or patchKernel(…)';
  throw new OptionError('kernel', { requirement, received: kernel });
}
