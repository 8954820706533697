import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { softwareAdapterVariables } from './packages/backend-webgpu/test/software-adapter.ts';

// Test processes start with what this one has.
Object.assign(process.env, softwareAdapterVariables());

// Sources are tested, not builds: the export condition leads every @agop import to its src folder.
const conditions = ['@agop/source', 'node', 'import', 'default'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'tooling/*/test/**/*.test.ts', 'scripts/test/**/*.test.ts'],
    // These need builds, a browser, or minutes; each has a configuration of its own.
    exclude: [
      'tooling/package-checks/**',
      'tooling/browser-checks/**',
      'tooling/blas-checks/**',
      'tooling/webgpu-checks/**',
    ],
    passWithNoTests: true,
    // Many tests wait for processes or compute on one thread: also with two cores, two files at a time are
    // faster than one.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Worker threads inherit these, so a worker resolves @agop imports to sources as well.
    execArgv: ['--conditions=@agop/source', '--experimental-wasm-revectorize'],
    testTimeout: 30_000,
  },
});
