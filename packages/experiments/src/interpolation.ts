export { type CircleKernelName, circleKernels, logCoefficient } from './interpolation/alias-sums.ts';
export { circleKernel } from './interpolation/circle-kernel.ts';
export { interpolationPage } from './interpolation/report.ts';
export {
  type InterpolationResult,
  type InterpolationSummary,
  interpolationResult,
} from './interpolation/result.ts';
export {
  type BestWidth,
  bestWidth,
  interpolationRisk,
  limitRisk,
  type Risk,
  type RiskOptions,
  unitWave,
  type Wave,
} from './interpolation/risk.ts';
export { type InterpolationEvent, runInterpolationExperiment } from './interpolation/run.ts';
export { interpolationText } from './interpolation/sentences.ts';
export {
  checkInterpolationSettings,
  type InterpolationSettings,
  interpolationOptions,
} from './interpolation/settings.ts';
export { type SimulatedRisk, type SimulationOptions, simulateRisk } from './interpolation/simulate.ts';
