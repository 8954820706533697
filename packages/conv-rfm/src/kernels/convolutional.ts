import { OptionError, wording } from '@agop/core';
import { checkChoice, checkGiven, checkWhole } from '@agop/core/options';
import { arcCosineFields } from './arc-cosine/field-kernel.ts';
import { type ImageKernel, type ImageKernelOptions, imageKernelNames } from './image-kernel.ts';

/** Options of {@link convolutionalNtk} and {@link convolutionalNngp}. */
export interface ConvolutionalKernelOptions extends ImageKernelOptions {
  /**
   * Number of convolution + rectifier layers, from 1 to 256. The read-out layer is not counted. Default 3.
   */
  readonly depth?: number;
}

const names: Readonly<Record<keyof ConvolutionalKernelOptions, true>> = { ...imageKernelNames, depth: true };

/**
 * The exact neural tangent kernel of a convolutional network of infinite width: `depth` layers of convolution
 * (stride 1, no bias) and ReLU (scaled by √2), read out by flattening and a dense layer.
 *
 * Weights of a convolution have variance patchSize² / (patchSize² · channels in), as in the published
 * program: covariances are sums over windows, not means. The first layer's covariances are those of
 * (transformed) patches, divided by the number of channels. Reading out by flattening compares patches at the
 * same position only; `pooling: 'average'` puts global average pooling before the dense layer, which compares
 * all pairs of positions.
 *
 * Source: Arora, Du, Hu, Li, Salakhutdinov, Wang 2019 (arXiv 1904.11955); settings of aradha/convrfm (arXiv
 * 2309.00570).
 *
 * @throws {OptionError} for unknown names, and values out of range
 */
export function convolutionalNtk(options: ConvolutionalKernelOptions = {}): ImageKernel {
  checkGiven('convolutionalNtk()', options, names);
  return convolutional('convolutionalNtk', true, options);
}

/**
 * The Gaussian process kernel of the same network with random weights of which only the last layer is trained
 * (NNGP): the covariances alone.
 *
 * @throws {OptionError} for unknown names, and values out of range
 */
export function convolutionalNngp(options: ConvolutionalKernelOptions = {}): ImageKernel {
  checkGiven('convolutionalNngp()', options, names);
  return convolutional('convolutionalNngp', false, options);
}

function convolutional(name: string, tangent: boolean, options: ConvolutionalKernelOptions): ImageKernel {
  const depth = checkWhole('depth', options.depth ?? 3, 1, 256);
  const common = resolveImageKernel(options);
  return {
    ...common,
    name,
    depth,
    parameters: { ...common, depth },
    fields: arcCosineFields(tangent),
    withDepth: (other) => convolutional(name, tangent, { ...common, depth: other }),
  };
}

/** Checks {@link ImageKernelOptions} and fills in the defaults. @throws {OptionError} */
export function resolveImageKernel(options: ImageKernelOptions): Required<ImageKernelOptions> {
  const patchSize = checkWhole('patchSize', options.patchSize ?? 3, 1);
  const padding = checkChoice('padding', options.padding ?? 'valid', ['valid', 'image', 'same']);
  const pooling = checkChoice('pooling', options.pooling ?? 'none', ['none', 'average']);
  if (padding !== 'valid' && patchSize % 2 === 0) {
    throw new OptionError(
      'padding',
      wording`${{ option: 'padding', value: padding }} needs an odd ${{ option: 'patchSize', bare: true }}, but it is ${patchSize}.`,
    );
  }
  return { patchSize, padding, pooling };
}
