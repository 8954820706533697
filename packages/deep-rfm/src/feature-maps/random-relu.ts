import { input, Scope } from '@agop/core';
import { checkChoice, checkGiven, checkWhole } from '@agop/core/options';
import { drawnTensor, type FeatureMap } from './feature-map.ts';

/** Options of {@link randomRelu}. */
export interface RandomReluOptions {
  /** Number of random features. Default 512. */
  readonly width?: number;
  /**
   * Distribution of the weights for d inputs: uniform on (-1/√d, 1/√d), or normal with variance 2/d. Default
   * 'uniform', as published.
   */
  readonly weights?: 'uniform' | 'normal';
}

const rectified = input('u').max(0);

/**
 * Random ReLU features max(W x, 0), without bias: one layer of an untrained network.
 *
 * Source: Beaglehole, Súkeník, Mondelli, Belkin 2024 (arXiv 2402.13728), Deep RFM with the default
 * initialisation of a linear layer.
 *
 * @throws {OptionError} for unknown options, a width that is not a whole number from 1, or an unknown
 *   distribution
 */
export function randomRelu(options: RandomReluOptions = {}): FeatureMap {
  checkGiven('randomRelu()', options, { width: true, weights: true });
  const width = checkWhole('width', options.width ?? 512, 1);
  const distribution = checkChoice('weights', options.weights ?? 'uniform', ['uniform', 'normal']);
  return {
    name: 'randomRelu',
    parameters: { width, weights: distribution },
    draw({ backend, features, dtype, key }) {
      using scope = new Scope(backend);
      const { ops } = scope;
      const raw = ops.random([width, features], distribution, key(0), dtype);
      const scaled =
        distribution === 'uniform'
          ? input('r').mul(2).sub(1).div(Math.sqrt(features))
          : input('r').mul(Math.sqrt(2 / features));
      return { weights: scope.keep(ops.map(scaled, { r: raw })) };
    },
    drawnShapes: (features) => ({ weights: [width, features] }),
    apply: (backend, x, drawn) => backend.pairwise(x, drawnTensor(drawn, 'weights', 'randomRelu'), rectified),
  };
}
