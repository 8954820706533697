import { defineConfig } from 'vitest/config';

/** The built site in headless Chromium, with and without isolation. */
export default defineConfig({
  root: import.meta.dirname,
  resolve: { conditions: ['@agop/source', 'node', 'module', 'import', 'default'] },
  ssr: { resolve: { conditions: ['@agop/source', 'node', 'module', 'import', 'default'] } },
  test: {
    include: ['*/test/**/*.test.ts'],
    globalSetup: ['../tooling/site/src/testing/build-site.ts'],
    execArgv: ['--conditions=@agop/source'],
    // They share the cores with what they watch.
    maxWorkers: 2,
    testTimeout: 120_000,
    // Pages answer late on a machine that does much else.
    expect: { poll: { timeout: 30_000 } },
  },
});
