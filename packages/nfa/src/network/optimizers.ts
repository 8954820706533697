import { input, OptionError, type Tensor } from '@agop/core';
import { checkGiven, checkNonNegative, checkPositive } from '@agop/core/options';
import { type LearningRate, type Optimizer, optimizerOf } from './optimizer.ts';

const [w, g, rate, decay] = [input('w'), input('g'), input('rate'), input('decay')];

/** Options of {@link sgd}. */
export interface SgdOptions {
  readonly learningRate: LearningRate;
  /** Share of the last step that is kept, from 0, below 1. Default 0. */
  readonly momentum?: number;
  /** Multiple of the weights that is added to their gradients; biases have none. Default 0. */
  readonly weightDecay?: number;
}

const [v, momentumShare] = [input('v'), input('momentum')];
const decayed = g.add(decay.mul(w));
const velocity = momentumShare.mul(v).add(decayed);
const descent = w.sub(rate.mul(decayed));
const alongVelocity = w.sub(rate.mul(v));

/**
 * Stochastic gradient descent as in PyTorch: v ← momentum · v + g + decay · w, w ← w − rate · v.
 *
 * @throws {OptionError} for options out of range
 */
export function sgd(options: SgdOptions): Optimizer {
  checkGiven('sgd()', options, { learningRate: true, momentum: true, weightDecay: true });
  const { learningRate, momentum = 0, weightDecay = 0 } = options;
  checkNonNegative('weightDecay', weightDecay);
  checkShare('momentum', momentum);
  return optimizerOf({
    name: 'sgd',
    learningRate,
    memories: momentum > 0 ? 1 : 0,
    update: ({ ops, parameter: { tensor, isWeight }, gradient, memory: [kept], rate }) => {
      const own = { w: tensor, g: gradient, decay: isWeight ? weightDecay : 0 };
      if (kept === undefined) {
        ops.map(descent, { ...own, rate }, { out: tensor });
        return;
      }
      ops.map(velocity, { ...own, v: kept, momentum }, { out: kept });
      ops.map(alongVelocity, { w: tensor, v: kept, rate }, { out: tensor });
    },
  });
}

/** Options of {@link adamW}. */
export interface AdamWOptions {
  readonly learningRate: LearningRate;
  /** Decay of the running mean of gradients, from 0, below 1. Default 0.9. */
  readonly beta1?: number;
  /** Decay of the running mean of squared gradients, from 0, below 1. Default 0.999. */
  readonly beta2?: number;
  /** Default 1e-8. */
  readonly epsilon?: number;
  /** Each step first multiplies weights by 1 − rate · decay; biases stay. Default 0.01, as in PyTorch. */
  readonly weightDecay?: number;
}

const [m, q, beta] = [input('m'), input('q'), input('beta')];
const runningMean = beta.mul(m).add(g.mul(beta.neg().add(1)));
const runningSquare = beta.mul(q).add(g.mul(g).mul(beta.neg().add(1)));
const step = m.mul(input('ofMean')).div(q.mul(input('ofSquare')).sqrt().add(input('epsilon')));
const adaptive = w.mul(rate.mul(decay).neg().add(1)).sub(rate.mul(step));

/**
 * Adam with decoupled weight decay. Source: Loshchilov & Hutter 2019 (arXiv 1711.05101), algorithm 2.
 *
 * @throws {OptionError} for options out of range
 */
export function adamW(options: AdamWOptions): Optimizer {
  checkGiven('adamW()', options, {
    learningRate: true,
    beta1: true,
    beta2: true,
    epsilon: true,
    weightDecay: true,
  });
  const { learningRate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0.01 } = options;
  checkShare('beta1', beta1);
  checkShare('beta2', beta2);
  checkPositive('epsilon', epsilon);
  checkNonNegative('weightDecay', weightDecay);
  return optimizerOf({
    name: 'adamW',
    learningRate,
    memories: 2,
    update: ({ ops, parameter: { tensor, isWeight }, gradient, memory, rate, count }) => {
      const [mean, square] = memory as readonly [Tensor, Tensor];
      ops.map(runningMean, { m: mean, g: gradient, beta: beta1 }, { out: mean });
      ops.map(runningSquare, { q: square, g: gradient, beta: beta2 }, { out: square });
      const corrections = { ofMean: 1 / (1 - beta1 ** count), ofSquare: 1 / (1 - beta2 ** count) };
      const inputs = { w: tensor, m: mean, q: square, rate, decay: isWeight ? weightDecay : 0 };
      ops.map(adaptive, { ...inputs, ...corrections, epsilon }, { out: tensor });
    },
  });
}

/** @throws {OptionError} for anything but a number from 0, below 1 */
function checkShare(option: string, value: number): void {
  if (typeof value === 'number' && value >= 0 && value < 1) return;
  throw new OptionError(option, { requirement: 'be a number from 0, below 1', received: value });
}
