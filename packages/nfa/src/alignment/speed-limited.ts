import { input, OptionError } from '@agop/core';
import { checkGiven, checkWhole } from '@agop/core/options';
import { type LearningRate, type Optimizer, optimizerOf } from '../network/optimizer.ts';
import { resolveSpeedLimits, type SpeedLimits } from './speed-limits.ts';

/** Options of {@link speedLimited}. */
export interface SpeedLimitedOptions extends SpeedLimits {
  readonly learningRate: LearningRate;
  /**
   * Index of the layer that is sped up, from 0, or a function that tells it at each step: the published
   * program takes the layer of smallest alignment at the last measurement.
   */
  readonly layer: number | (() => number);
}

const step = input('speed').div(input('epsilon').add(input('norm')));
const limited = input('w').sub(input('g').mul(step));

/**
 * Speed Limited Optimization: each layer moves by w ← w − rate · s · g / (ε + ‖g‖_F), s = C for the chosen
 * layer and 1 / C for the others. That layer then aligns with its gradients. Biases are limited by a norm of
 * their own.
 * Source: Beaglehole et al., arXiv 2402.05271; the step as in the authors' programs.
 *
 * @throws {OptionError} for options out of range; by `start`, for a layer that the network does not have
 *
 * @example
 * const optimizer = speedLimited({ learningRate: 0.005, layer: 0, ...speedLimitPresets.notebook });
 */
export function speedLimited(options: SpeedLimitedOptions): Optimizer {
  checkGiven('speedLimited()', options, { learningRate: true, layer: true, boost: true, epsilon: true });
  const { learningRate, layer } = options;
  const { boost, epsilon } = resolveSpeedLimits(options);
  if (typeof layer !== 'function') checkWhole('layer', layer, 0);
  const chosen = typeof layer === 'function' ? layer : () => layer;
  const optimizer = optimizerOf({
    name: 'speedLimited',
    learningRate,
    update: ({ ops, parameter: { tensor, layer: own }, gradient, rate }) => {
      const speed = own === chosen() ? rate * boost : rate / boost;
      const norm = ops.norm(gradient, 'all');
      ops.map(limited, { w: tensor, g: gradient, speed, epsilon, norm }, { out: tensor });
    },
  });
  return {
    ...optimizer,
    start: (backend, layers) => {
      if (typeof layer === 'number' && layer >= layers.length) {
        const requirement = `be the index of one of the ${layers.length} layers, from 0`;
        throw new OptionError('layer', { requirement, received: layer });
      }
      return optimizer.start(backend, layers);
    },
  };
}
