import { test, vi } from 'vitest';
import { libraries } from './engines.ts';

// Offsets, units and ill-conditioned systems, with a BLAS for all that it can do.

vi.mock('@agop/backend-cpu', () => import('./small-engines.ts'));

if (libraries.length === 0) test.skip('LEFT OUT, sweeps of numbers with a BLAS: none is installed');
else {
  await import('../../../packages/rfm/test/far-and-small.test.ts');
  await import('../../../packages/conv-rfm/test/far-and-small.test.ts');
  await import('../../../packages/deep-rfm/test/far-and-small.test.ts');
}
