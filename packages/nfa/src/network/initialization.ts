import {
  type Backend,
  type FloatDType,
  input,
  multiply,
  type RandomKey,
  type Shape,
  type Tensor,
} from '@agop/core';

/**
 * How weights are drawn before training, each times the gain. With fan-in the inputs and fan-out the units of
 * a layer: `uniform` within ±1 / √fan-in (the default of PyTorch's linear layers); `xavierUniform` within
 * ±√(6 / (fan-in + fan-out)) and `xavierNormal` with variance 2 / (fan-in + fan-out) (Glorot & Bengio 2010);
 * `heNormal` with variance 2 / fan-in (He et al. 2015).
 */
export type Initialization = (typeof initializations)[number];

export const initializations = ['uniform', 'xavierUniform', 'xavierNormal', 'heNormal'] as const;

/** Units and inputs of a layer. */
export interface LayerSize {
  readonly units: number;
  readonly inputs: number;
}

/** How a network is drawn. */
export interface Drawing {
  readonly initialization: Initialization;
  readonly gain: number;
  readonly dtype: FloatDType;
}

/** New weights [units, inputs]. */
export function initialWeights(ops: Backend, size: LayerSize, drawing: Drawing, key: RandomKey): Tensor {
  const { units, inputs } = size;
  const { initialization, gain } = drawing;
  const shape = [units, inputs];
  switch (initialization) {
    case 'uniform':
      return uniform(ops, shape, gain / Math.sqrt(inputs), drawing, key);
    case 'xavierUniform':
      return uniform(ops, shape, gain * Math.sqrt(6 / (units + inputs)), drawing, key);
    case 'xavierNormal':
      return normal(ops, shape, gain * Math.sqrt(2 / (units + inputs)), drawing, key);
    case 'heNormal':
      return normal(ops, shape, gain * Math.sqrt(2 / inputs), drawing, key);
  }
}

/** New biases [1, units]: uniform within ±gain / √fan-in with uniform weights, as in PyTorch; else 0. */
export function initialBiases(ops: Backend, size: LayerSize, drawing: Drawing, key: RandomKey): Tensor {
  const { units, inputs } = size;
  const { initialization, gain, dtype } = drawing;
  if (initialization !== 'uniform') return ops.full([1, units], 0, dtype);
  return uniform(ops, [1, units], gain / Math.sqrt(inputs), drawing, key);
}

const [u, bound] = [input('u'), input('bound')];
const withinBound = u.mul(2).sub(1).mul(bound);

function uniform(ops: Backend, shape: Shape, limit: number, { dtype }: Drawing, key: RandomKey): Tensor {
  const drawn = ops.random(shape, 'uniform', key, dtype);
  return ops.map(withinBound, { u: drawn, bound: limit }, { out: drawn });
}

function normal(ops: Backend, shape: Shape, deviation: number, { dtype }: Drawing, key: RandomKey): Tensor {
  const drawn = ops.random(shape, 'normal', key, dtype);
  return multiply(ops, drawn, deviation, { out: drawn });
}
