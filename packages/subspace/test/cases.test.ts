import type { Backend } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { estimatorCases } from '@agop/estimators/cases';
import { CentralSubspace, CentralSubspaceClassifier, type SubspaceOptions } from '@agop/subspace';
import { describe, test } from 'vitest';

const regressor = (options: Partial<SubspaceOptions>) => ({
  task: 'regression' as const,
  create: (backend: Backend) => new CentralSubspace({ backend, ...options }),
  load: (bytes: Uint8Array, backend: Backend) => CentralSubspace.load(bytes, { backend }),
});

describe.each([
  { name: 'CentralSubspace by OPG', subject: regressor({ method: 'opg' }) },
  { name: 'CentralSubspace by MAVE', subject: regressor({ method: 'mave', dimension: 2 }) },
  {
    name: 'CentralSubspaceClassifier by sliced inverse regression',
    subject: {
      task: 'classification' as const,
      create: (backend: Backend) =>
        new CentralSubspaceClassifier({ backend, method: 'sir', permutations: 19 }),
      load: (bytes: Uint8Array, backend: Backend) => CentralSubspaceClassifier.load(bytes, { backend }),
    },
  },
])('$name', ({ subject }) => {
  test.each(estimatorCases(subject))('$name', async ({ run }) => {
    using backend = createNaiveBackend();
    await run(backend);
  });
});
