import { broadcastingCases } from './cases/broadcasting.ts';
import { choleskyCases } from './cases/cholesky.ts';
import { determinismCases } from './cases/determinism.ts';
import { eighCases } from './cases/eigh.ts';
import { errorCases } from './cases/errors.ts';
import { expressionCases } from './cases/expressions.ts';
import { gramCases } from './cases/gram.ts';
import { lifeCases } from './cases/life.ts';
import { makeCases } from './cases/make.ts';
import { matmulCases } from './cases/matmul.ts';
import { matmulBatchCases } from './cases/matmul-batches.ts';
import { operatorCases } from './cases/operators.ts';
import { pairwiseCases } from './cases/pairwise.ts';
import { patchCases } from './cases/patches.ts';
import { powerDistanceCases } from './cases/power-distances.ts';
import { rearrangeCases } from './cases/rearrange.ts';
import { reductionCases } from './cases/reductions.ts';
import { solveCases } from './cases/solve.ts';
import { triangularCases } from './cases/triangular.ts';
import { windowSumCases } from './cases/window-sums.ts';
import type { ConformanceCase } from './conformance-case.ts';

export { type ConformanceCase, defineCase } from './conformance-case.ts';
export { type EngineCase, type EngineFactory, engineCases } from './engine-cases.ts';
export { ConformanceFailure, demand } from './failure.ts';
export { type BackendFactory, type LifecycleCase, lifecycleCases } from './lifecycle.ts';
export { cell, type Grid, grid } from './reference/grid.ts';
export { Trial } from './trial.ts';

/**
 * Everything that the contract requires of a backend's operations, as data for any test runner.
 *
 * @example
 * for (const { group, name, run } of conformanceCases) test(`${group}: ${name}`, () => run(backend));
 */
export const conformanceCases: readonly ConformanceCase[] = [
  ...makeCases,
  ...rearrangeCases,
  ...matmulCases,
  ...matmulBatchCases,
  ...gramCases,
  ...choleskyCases,
  ...triangularCases,
  ...solveCases,
  ...eighCases,
  ...operatorCases,
  ...expressionCases,
  ...broadcastingCases,
  ...reductionCases,
  ...pairwiseCases,
  ...powerDistanceCases,
  ...patchCases,
  ...windowSumCases,
  ...lifeCases,
  ...errorCases,
  ...determinismCases,
];
