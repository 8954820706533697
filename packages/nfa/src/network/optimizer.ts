import { type Backend, Scope, type Tensor } from '@agop/core';
import { checkNonNegative } from '@agop/core/options';
import type { DenseLayer } from './dense-layer.ts';
import type { LayerGradients } from './forward.ts';

/** A number, or one for each epoch, counted from 1. */
export type LearningRate = number | ((epoch: number) => number);

/** A rule by which gradients change parameters. */
export interface Optimizer {
  /** For people: `sgd`, `adamW`. */
  readonly name: string;
  /** Begins a training: what it remembers from step to step belongs to the run. */
  start(backend: Backend, layers: readonly DenseLayer[]): OptimizerRun;
}

/** An optimizer at work; its disposal frees what it remembers. */
export interface OptimizerRun extends Disposable {
  /** Changes the parameters in place. @param epoch from 1 */
  step(gradients: readonly LayerGradients[], epoch: number): void;
}

/** The weights or the biases of a layer. */
export interface Parameter {
  readonly tensor: Tensor;
  /** Index of its layer. */
  readonly layer: number;
  readonly isWeight: boolean;
}

/** One parameter at one step. */
export interface ParameterStep {
  readonly ops: Backend;
  readonly parameter: Parameter;
  readonly gradient: Tensor;
  /** What is remembered of the parameter, of its shape; zeros at first, changed in place. */
  readonly memory: readonly Tensor[];
  readonly rate: number;
  /** Steps of the run with this one, from 1. */
  readonly count: number;
}

/** What an optimizer does to a single parameter. */
export interface ParameterRule {
  readonly name: string;
  readonly learningRate: LearningRate;
  /** Tensors that are remembered for each parameter. Default 0. */
  readonly memories?: number;
  readonly update: (step: ParameterStep) => void;
}

/** An optimizer that treats parameters one by one. @throws {OptionError} for a rate that is none */
export function optimizerOf({ name, learningRate, memories = 0, update }: ParameterRule): Optimizer {
  if (typeof learningRate !== 'function') checkNonNegative('learningRate', learningRate);
  return {
    name,
    start: (backend, layers) => {
      const owner = new Scope(backend);
      const parameters = layers.flatMap(parametersOf).map((parameter) => {
        const { shape, dtype } = parameter.tensor;
        const memory = Array.from({ length: memories }, () => owner.ops.full(shape, 0, dtype));
        return { parameter, memory };
      });
      let count = 0;
      return {
        step: (gradients, epoch) => {
          count += 1;
          const rate = rateOf(learningRate, epoch);
          const flat = gradients.flatMap(({ weights, bias }) => (bias ? [weights, bias] : [weights]));
          using scope = new Scope(backend);
          for (const [i, { parameter, memory }] of parameters.entries()) {
            update({ ops: scope.ops, parameter, gradient: flat[i] as Tensor, memory, rate, count });
          }
        },
        [Symbol.dispose]: () => owner.dispose(),
      };
    },
  };
}

function parametersOf({ weights, bias }: DenseLayer, layer: number): Parameter[] {
  const own: Parameter = { tensor: weights, layer, isWeight: true };
  return bias ? [own, { tensor: bias, layer, isWeight: false }] : [own];
}

function rateOf(learningRate: LearningRate, epoch: number): number {
  return typeof learningRate === 'function'
    ? checkNonNegative('learningRate', learningRate(epoch))
    : learningRate;
}
