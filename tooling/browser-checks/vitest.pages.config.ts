import { defineConfig } from 'vitest/config';

/** Pages as they are published, in headless Chromium: under policies, with workers, in lesser engines. */
export default defineConfig({
  root: import.meta.dirname,
  test: { include: ['pages/**/*.test.ts'], testTimeout: 60_000 },
});
