import { OptionError } from '@agop/core';
import { checkGiven, checkPositive } from '@agop/core/options';
import * as tf from '@tensorflow/tfjs';
import { resolveSpeedLimits, type SpeedLimits } from '../alignment/speed-limits.ts';
import { findLayers } from '../model/find-layers.ts';

/** Options of {@link SpeedLimitedOptimizer}. */
export interface SpeedLimitedOptimizerOptions extends SpeedLimits {
  /** The model that is to be trained, whose variables are looked up. */
  readonly model: tf.LayersModel;
  readonly learningRate: number;
  /** Name of the layer that is sped up, as `modelFeatures` has it; may be changed while training. */
  readonly layer: string;
}

/**
 * Speed Limited Optimization for tfjs: each variable moves by v ← v − rate · s · g / (ε + ‖g‖_F), s = C for
 * those of the chosen layer and 1 / C for the others. For `model.compile`; `setLayer` chooses another layer,
 * as the published program does after each measurement.
 * Source: Beaglehole et al., arXiv 2402.05271; the step as in the authors' programs.
 */
export class SpeedLimitedOptimizer extends tf.SGDOptimizer {
  readonly #model: tf.LayersModel;
  readonly #limits: Required<SpeedLimits>;
  #chosen: ReadonlySet<string>;

  /**
   * @throws {OptionError} for options out of range, and a layer that the model does not have
   */
  constructor(options: SpeedLimitedOptimizerOptions) {
    checkGiven('SpeedLimitedOptimizer', options, {
      ...{ model: true, learningRate: true, layer: true, boost: true, epsilon: true },
    });
    // All is checked before tfjs makes a tensor of the rate.
    const limits = resolveSpeedLimits(options);
    const chosen = variablesOf(options.model, options.layer);
    super(checkPositive('learningRate', options.learningRate));
    this.#model = options.model;
    this.#limits = limits;
    this.#chosen = chosen;
  }

  /** Speeds another layer up from now on. @throws {OptionError} for a layer that the model does not have */
  setLayer(layer: string): void {
    this.#chosen = variablesOf(this.#model, layer);
  }

  override applyGradients(gradients: Parameters<tf.SGDOptimizer['applyGradients']>[0]): void {
    const { boost, epsilon } = this.#limits;
    const given = Array.isArray(gradients)
      ? gradients
      : Object.entries(gradients).map(([name, tensor]) => ({ name, tensor: tensor as tf.Tensor }));
    const limited = given.map(({ name, tensor }) => ({
      name,
      tensor: tf.tidy(() => {
        const speed = this.#chosen.has(name) ? boost : 1 / boost;
        return tf.mul(tensor, tf.div(speed, tf.add(tf.norm(tensor), epsilon)));
      }),
    }));
    super.applyGradients(limited);
    tf.dispose(limited.map(({ tensor }) => tensor));
  }
}

/** Names of the variables of a layer. */
function variablesOf(model: tf.LayersModel, layer: string): ReadonlySet<string> {
  const { found } = findLayers(model);
  const one = found.find(({ name }) => name === layer);
  if (one) {
    const variables = one.layer.trainableWeights.map((weight) => weight.read());
    return new Set(variables.flatMap((own) => (own instanceof tf.Variable ? [own.name] : [])));
  }
  const names = found.map(({ name }) => `'${name}'`).join(', ');
  throw new OptionError('layer', `The model '${model.name}' has no layer '${layer}'. It has ${names}.`);
}
