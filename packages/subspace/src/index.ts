// Types that the signatures of the estimators name.
export type { FitOptions, Label, LabelInput, MatrixInput, ModelSource } from '@agop/estimators';
export type { DimensionRule, DimensionSelection } from './dimension/selection.ts';
export { projector, type SubspaceDistance, subspaceDistance } from './distance.ts';
export { CentralSubspace, CentralSubspaceClassifier, SubspaceEstimator } from './estimator/estimator.ts';
export type { SubspaceOptions, SubspaceSettings } from './estimator/options.ts';
export {
  type FittedSubspace,
  type SubspaceDescription,
  type SubspaceTypes,
  subspace,
} from './estimator/trainer.ts';
export { methods, type SubspaceMethod } from './methods/names.ts';
