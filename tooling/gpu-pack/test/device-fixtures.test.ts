import { test, vi } from 'vitest';
import { missing } from './engines.ts';

// The parity tests of the algorithm packages, on the device.

vi.mock('@agop/test-support/engines', () => import('./engines.ts'));
vi.mock('@agop/backend-cpu', () => import('./engines.ts'));

if (missing) test.skip(`LEFT OUT, parity with the fixtures on a device: ${missing}`);
else {
  await import('../../../packages/rfm/test/fixtures.test.ts');
  await import('../../../packages/deep-rfm/test/fixtures.test.ts');
  await import('../../../packages/conv-rfm/test/kernel-fixtures.test.ts');
  await import('../../../packages/conv-rfm/test/loop-fixtures.test.ts');
  await import('../../../packages/grokking/test/run-fixtures.test.ts');
  await import('../../../packages/subspace/test/fixtures.test.ts');
}
