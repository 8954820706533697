import { arcCosineRecursionCases } from './conformance/cases/arc-cosine-recursion.ts';
import { broadcastingCases } from './conformance/cases/broadcasting.ts';
import { choleskyCases } from './conformance/cases/cholesky.ts';
import { determinismCases } from './conformance/cases/determinism.ts';
import { eighCases } from './conformance/cases/eigh.ts';
import { errorCases } from './conformance/cases/errors.ts';
import { expressionCases } from './conformance/cases/expressions.ts';
import { gramCases } from './conformance/cases/gram.ts';
import { lifeCases } from './conformance/cases/life.ts';
import { makeCases } from './conformance/cases/make.ts';
import { matmulCases } from './conformance/cases/matmul.ts';
import { matmulBatchCases } from './conformance/cases/matmul-batches.ts';
import { operatorCases } from './conformance/cases/operators.ts';
import { pairwiseCases } from './conformance/cases/pairwise.ts';
import { patchCases } from './conformance/cases/patches.ts';
import { powerDistanceCases } from './conformance/cases/power-distances.ts';
import { rearrangeCases } from './conformance/cases/rearrange.ts';
import { reductionCases } from './conformance/cases/reductions.ts';
import { solveCases } from './conformance/cases/solve.ts';
import { triangularCases } from './conformance/cases/triangular.ts';
import { windowSumCases } from './conformance/cases/window-sums.ts';
import type { ConformanceCase } from './conformance/conformance-case.ts';

export type { ConformanceCase } from './conformance/conformance-case.ts';
export { ConformanceFailure } from './conformance/failure.ts';
export { type BackendFactory, type LifecycleCase, lifecycleCases } from './conformance/lifecycle.ts';

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
  ...arcCosineRecursionCases,
  ...lifeCases,
  ...errorCases,
  ...determinismCases,
];
