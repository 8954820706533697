/**
 * What every estimator must do, as data for any test runner: in the manner of the checks that scikit-learn
 * has for its estimators.
 *
 * @module
 */
import type { Backend } from '@agop/core';
import { dataCases } from './cases/data.ts';
import { fileCases } from './cases/file.ts';
import { lifeCases } from './cases/life.ts';
import { demand, type EstimatorCase, type EstimatorSubject, Trial } from './cases/subject.ts';

export {
  type EstimatorCase,
  EstimatorFailure,
  type EstimatorSubject,
  type InputMakers,
  matrixInputs,
  type SampleArray,
  type TestedEstimator,
  tensorLike,
} from './cases/subject.ts';

/**
 * The cases of one estimator.
 *
 * @example
 * const subject = {
 *   task: 'classification' as const,
 *   create: (backend: Backend) => new Mine({ backend }),
 *   load: (bytes: Uint8Array, backend: Backend) => Mine.load(bytes, { backend }),
 * };
 * for (const { name, run } of estimatorCases(subject)) test(name, () => run(createNaiveBackend()));
 */
export function estimatorCases(subject: EstimatorSubject): readonly EstimatorCase[] {
  return Object.entries({ ...lifeCases, ...dataCases, ...fileCases }).map(([name, check]) => ({
    name,
    async run(backend: Backend): Promise<void> {
      const { tensors } = backend.memory();
      const trial = new Trial(subject, backend);
      try {
        await check(trial);
      } finally {
        trial.dispose();
      }
      const left = backend.memory().tensors - tensors;
      demand(left === 0, `${left} tensors are left`);
    },
  }));
}
