import type { Backend } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { estimatorCases } from '@agop/estimators/cases';
import { RFMClassifier, RFMRegressor } from '@agop/rfm';
import { describe, test } from 'vitest';

describe.each([
  {
    name: 'RFMClassifier',
    task: 'classification' as const,
    create: (backend: Backend) => new RFMClassifier({ backend, iterations: 2 }),
    load: (bytes: Uint8Array, backend: Backend) => RFMClassifier.load(bytes, { backend }),
  },
  {
    name: 'RFMRegressor',
    task: 'regression' as const,
    create: (backend: Backend) => new RFMRegressor({ backend, iterations: 2 }),
    load: (bytes: Uint8Array, backend: Backend) => RFMRegressor.load(bytes, { backend }),
  },
])('$name', (subject) => {
  test.each(estimatorCases(subject))('$name', async ({ run }) => {
    using backend = createNaiveBackend();
    await run(backend);
  });
});
