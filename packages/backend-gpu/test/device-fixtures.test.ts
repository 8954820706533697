import { test, vi } from 'vitest';
import { missing } from './parity/engines.ts';

// The parity tests of the algorithm packages, on the device.

vi.mock('@agop/test-support/engines', () => import('./parity/engines.ts'));
vi.mock('@agop/backend-cpu', () => import('./parity/engines.ts'));

if (missing) test.skip(`LEFT OUT, parity with the fixtures on a device: ${missing}`);
else {
  await import('../../rfm/test/fixtures.test.ts');
  await import('../../deep-rfm/test/fixtures.test.ts');
  await import('../../conv-rfm/test/kernel-fixtures.test.ts');
  await import('../../conv-rfm/test/loop-fixtures.test.ts');
  await import('../../grokking/test/run-fixtures.test.ts');
}
