import {
  type ConvEstimatorOptions,
  convolutionalNngp,
  convolutionalNtk,
  convPresets,
  type ImageKernel,
  patchKernel,
} from '@agop/conv-rfm';
import { gaussian, laplace } from '@agop/rfm';
import { type FiltersSettings, validationShare } from './settings.ts';

/** Kernels of the published experiments. */
const taskKernels = {
  star: { depth: 1, patchSize: 11 },
  'noisy-mnist': { depth: 3, patchSize: 3 },
} as const;

/** What the settings say of the model, all but backend and seed. */
export function modelOptions(
  settings: FiltersSettings,
): Omit<ConvEstimatorOptions, 'backend' | 'seed'> & { readonly kernel: ImageKernel } {
  const { task, ridge, iterations, update, agopImages, deep, width, activation, memory, dtype } = settings;
  const preset = task === 'star' ? convPresets.star2023 : task && convPresets.noisyDigits2023;
  return {
    ridge: validationShare(settings) === undefined ? 1e-3 : [1e-5, 1e-3],
    ...preset,
    ...(ridge.length > 0 && { ridge }),
    kernel: kernelOf(settings),
    ...(iterations !== undefined && { iterations }),
    ...(update && { update }),
    ...(agopImages !== undefined && { agopImages }),
    ...(deep !== undefined && {
      deep: { layers: deep, ...(width !== undefined && { width }), ...(activation && { activation }) },
    }),
    ...(memory !== undefined && { memoryBudget: memory * 2 ** 30 }),
    ...(dtype && { dtype }),
  };
}

function kernelOf(settings: FiltersSettings): ImageKernel {
  const { kernel, task, bandwidth = 1, padding, pooling } = settings;
  const base = task ? taskKernels[task] : { depth: 3, patchSize: 3 };
  const common = { patchSize: settings.patchSize ?? base.patchSize, padding, pooling };
  const depth = settings.depth ?? base.depth;
  switch (kernel) {
    case 'ntk':
      return convolutionalNtk({ ...common, depth });
    case 'nngp':
      return convolutionalNngp({ ...common, depth });
    case 'laplace':
      return patchKernel(laplace({ bandwidth }), common);
    case 'gaussian':
      return patchKernel(gaussian({ bandwidth }), common);
  }
}
