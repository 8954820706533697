/** Networks on modular arithmetic: needs `@tensorflow/tfjs-core` and one of its backends. */
export { AdamWOptimizer, type AdamWOptions } from './network/adamw.ts';
export {
  networkAgop,
  neuralFeatureMatrix,
  quadraticAgopTrace,
  secondMoment,
} from './network/feature-matrices.ts';
export { lossGradients, traceGradients } from './network/gradients.ts';
export type { NetworkOptions } from './network/options.ts';
export {
  type NetworkEpoch,
  type NetworkResult,
  type NetworkStep,
  networkSteps,
  trainNetwork,
} from './network/train.ts';
export {
  initialNetwork,
  networkOutputs,
  type QuadraticNetwork,
  type QuadraticWeights,
} from './network/weights.ts';
