import type { Backend, Tensor } from '@agop/core';
import { add, multiply } from '@agop/core';
import type { ResolvedActivation } from './activations.ts';
import type { DenseLayer } from './dense-layer.ts';

/** What passes of a network need of it. */
export interface NetworkParts {
  readonly layers: readonly DenseLayer[];
  readonly activation: ResolvedActivation;
}

/** One pass from rows to outputs. */
export interface ForwardPass {
  /** h_i, [n, inputs of layer i]; the first one is x itself. */
  readonly inputs: readonly Tensor[];
  /** z_i, [n, units of layer i]. */
  readonly preactivations: readonly Tensor[];
  /** The last z, [n, outputs]. */
  readonly outputs: Tensor;
}

/** Runs rows through the network; the new tensors are those of `ops`. */
export function forward(ops: Backend, { layers, activation }: NetworkParts, x: Tensor): ForwardPass {
  const inputs: Tensor[] = [];
  const preactivations: Tensor[] = [];
  let h = x;
  for (const [i, layer] of layers.entries()) {
    inputs.push(h);
    const z = preactivation(ops, layer, h);
    preactivations.push(z);
    if (i + 1 < layers.length) h = ops.map(activation.value, { z });
  }
  return { inputs, preactivations, outputs: preactivations.at(-1) as Tensor };
}

function preactivation(ops: Backend, { weights, bias }: DenseLayer, h: Tensor): Tensor {
  const z = ops.matmul(h, weights, { transposeB: true });
  return bias ? add(ops, z, bias, { out: z }) : z;
}

/** Gradients of a scalar with respect to the parameters of a layer, of their shapes. */
export interface LayerGradients {
  readonly weights: Tensor;
  readonly bias: Tensor | undefined;
}

/**
 * Gradients of a loss with respect to all parameters, from its gradient with respect to the outputs.
 *
 * @param gradient [n, outputs]; its memory is not kept
 */
export function backward(
  ops: Backend,
  { layers, activation }: NetworkParts,
  { inputs, preactivations }: ForwardPass,
  gradient: Tensor,
): LayerGradients[] {
  const gradients: LayerGradients[] = [];
  let g = gradient;
  for (let i = layers.length - 1; i >= 0; i--) {
    const { weights, bias } = layers[i] as DenseLayer;
    gradients.unshift({
      weights: ops.matmul(g, inputs[i] as Tensor, { transposeA: true }),
      bias: bias && ops.sum(g, 0),
    });
    if (i === 0) break;
    const below = ops.matmul(g, weights);
    const slope = ops.map(activation.slope, { z: preactivations[i - 1] as Tensor });
    g = multiply(ops, below, slope, { out: below });
  }
  return gradients;
}
