import { test, vi } from 'vitest';
import { missingDevice } from '../../../packages/backend-webgpu/test/device-at-hand.ts';

// The parity tests of the algorithm packages in float32, on WebGPU.

vi.mock('@agop/test-support/engines', () => import('./engines.ts'));
vi.mock('@agop/backend-cpu', () => import('./engines.ts'));

const missing = await missingDevice();

if (missing) test.skip(`LEFT OUT, parity with the fixtures on WebGPU: ${missing}`);
else {
  await import('../../../packages/rfm/test/fixtures.test.ts');
  await import('../../../packages/deep-rfm/test/fixtures.test.ts');
  await import('../../../packages/conv-rfm/test/kernel-fixtures.test.ts');
  await import('../../../packages/conv-rfm/test/loop-fixtures.test.ts');
  await import('../../../packages/grokking/test/run-fixtures.test.ts');
  await import('../../../packages/subspace/test/fixtures.test.ts');
}
