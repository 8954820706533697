export { checkGrokkingMemory, type MemoryCheck } from './run/check-memory.ts';
export type {
  EigenvalueRange,
  GrokkingIteration,
  GrokkingStep,
  OperationMeasures,
} from './run/iteration.ts';
export { measureOutputs, type OutputMeasures, type TaskMeasures } from './run/measures.ts';
export { grokkingMemory } from './run/memory.ts';
export type { GrokkingOptions } from './run/options.ts';
export { type GrokkingResult, grokkingSteps, type RunGrokkingOptions, runGrokking } from './run/run.ts';
export { findOperation, modularOperations, type OperationChoice } from './tasks/find-operation.ts';
export {
  type BlockShape,
  basicOperations,
  type Group,
  type ModularOperation,
  type OperationStructure,
  parityOperation,
  polynomialOperations,
} from './tasks/operation.ts';
export type { ModularSamples } from './tasks/samples.ts';
export type { Split } from './tasks/split.ts';
export { type ModularTable, modularTable } from './tasks/table.ts';
export {
  type EncodedSamples,
  type GrokkingSizes,
  type ModularTask,
  type ModularTaskOptions,
  modularTask,
  modularTaskSizes,
} from './tasks/task.ts';
