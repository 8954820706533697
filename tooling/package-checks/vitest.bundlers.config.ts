import { defineConfig } from 'vitest/config';

/** Pages that bundlers make of the packed packages: `pnpm check:bundlers`, after a build. */
export default defineConfig({
  root: import.meta.dirname,
  test: {
    include: ['bundlers/**/*.test.ts'],
    globalSetup: ['src/pack-all.ts'],
    testTimeout: 600_000,
    hookTimeout: 240_000,
  },
});
