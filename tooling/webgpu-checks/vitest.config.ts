import { defineConfig } from 'vitest/config';
import workspace from '../../vitest.config.ts';

export default defineConfig({
  ...workspace,
  test: {
    ...workspace.test,
    include: ['tooling/webgpu-checks/test/**/*.test.ts'],
    exclude: [],
    testTimeout: 600_000,
  },
});
