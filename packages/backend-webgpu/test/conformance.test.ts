import { conformanceCases } from '@agop/conformance';
import type { Backend } from '@agop/core';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { createWebGpuBackend } from '../src/index.ts';
import { missingDevice } from './device-at-hand.ts';

const missing = await missingDevice();

/** Groups that the engine passes, so far. */
const groups = [
  'random',
  'rearrange',
  'matmul',
  'reductions',
  'cholesky',
  'solveTriangular',
  'solvePositiveDefinite',
];

if (missing) test.skip(`LEFT OUT, tests on a device: ${missing}`);
else {
  describe('on a device', () => {
    let backend: Backend;
    beforeAll(async () => {
      backend = await createWebGpuBackend();
    });
    afterAll(() => backend.dispose());

    for (const { group, name, run } of conformanceCases) {
      if (groups.includes(group)) test(`${group}: ${name}`, () => run(backend));
    }
  });
}
