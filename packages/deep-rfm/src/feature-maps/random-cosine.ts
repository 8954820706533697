import { type Backend, type Expression, input, Scope, type Tensor } from '@agop/core';
import { checkChoice, checkGiven, checkPositive, checkWhole } from '@agop/core/options';
import { type DrawContext, drawnTensor, type FeatureMap } from './feature-map.ts';

/**
 * From what the frequencies w are drawn, and the kernel that Φ(x)·Φ(z) then estimates, with bandwidth L:
 *
 * - `gaussian`: normal; exp(-‖x - z‖² / (2 L²)).
 * - `cauchy`: each coordinate Cauchy on its own, as published; exp(-‖x - z‖₁ / L), which depends on the axes.
 * - `laplace`: multivariate Cauchy; exp(-‖x - z‖₂ / L), the isotropic Laplace kernel.
 */
export type Spectrum = 'gaussian' | 'cauchy' | 'laplace';

/** Options of {@link randomCosine}. */
export interface RandomCosineOptions {
  /** Default 'cauchy', as published. */
  readonly spectrum?: Spectrum;
  /**
   * L, positive. Default 2. The published γ is 1 / L: 0.5 by default, 0.1 for CIFAR-10 and SVHN, 0.05 for
   * MNIST.
   */
  readonly bandwidth?: number;
  /** Number of random features D. Default that of the input's columns, as published. */
  readonly width?: number;
}

/**
 * Random Fourier features √(2/D) cos(W x + b), with b uniform on [0, 2π).
 *
 * Source: Rahimi & Recht 2007 ("Random features for large-scale kernel machines"); Beaglehole, Súkeník,
 * Mondelli, Belkin 2024 (arXiv 2402.13728) for their use in Deep RFM.
 *
 * @throws {OptionError} for unknown options, an unknown spectrum, or a bandwidth or width out of range
 */
export function randomCosine(options: RandomCosineOptions = {}): FeatureMap {
  checkGiven('randomCosine()', options, { spectrum: true, bandwidth: true, width: true });
  const spectrum = checkChoice('spectrum', options.spectrum ?? 'cauchy', ['gaussian', 'cauchy', 'laplace']);
  const bandwidth = checkPositive('bandwidth', options.bandwidth ?? 2);
  const width = options.width === undefined ? undefined : checkWhole('width', options.width, 1);
  return {
    name: 'randomCosine',
    parameters: { spectrum, bandwidth, ...(width !== undefined && { width }) },
    draw(context) {
      const { backend, dtype, features, key } = context;
      using scope = new Scope(backend);
      const { ops } = scope;
      const count = width ?? features;
      const weights = drawFrequencies(ops, context, count, spectrum, bandwidth);
      const uniform = ops.random([1, count], 'uniform', key(1), dtype);
      const phases = ops.map(input('r').mul(2 * Math.PI), { r: uniform });
      return { weights: scope.keep(weights), phases: scope.keep(phases) };
    },
    drawnShapes: (features) => ({ weights: [width ?? features, features], phases: [1, width ?? features] }),
    apply(backend, x, drawn) {
      const weights = drawnTensor(drawn, 'weights', 'randomCosine');
      const phases = drawnTensor(drawn, 'phases', 'randomCosine');
      const count = weights.shape[0] as number;
      return backend.pairwise(x, weights, cosineOf(Math.sqrt(2 / count)), { inputs: { b: phases } });
    },
  };
}

/** [count, d] */
function drawFrequencies(
  ops: Backend,
  { features, dtype, key }: DrawContext,
  count: number,
  spectrum: Spectrum,
  bandwidth: number,
): Tensor {
  const distribution = spectrum === 'cauchy' ? 'cauchy' : 'normal';
  const raw = ops.random([count, features], distribution, key(0), dtype);
  if (spectrum !== 'laplace') return ops.map(input('r').div(bandwidth), { r: raw });
  // A normal vector over the size of an independent normal number is a multivariate Cauchy vector.
  const sizes = ops.random([count, 1], 'normal', key(2), dtype);
  return ops.map(input('r').div(input('s').abs().mul(bandwidth)), { r: raw, s: sizes });
}

function cosineOf(amplitude: number): Expression {
  return input('u').add(input('b')).cos().mul(amplitude);
}
