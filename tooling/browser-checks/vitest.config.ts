import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';

/** The browser to test in; `npm test` looks for one. */
const executablePath = process.env.AGOP_CHROMIUM ?? '/usr/bin/chromium';

/** With these headers a page has shared memory, and with it threads; `AGOP_ISOLATION=0` leaves them out. */
const isolated = process.env.AGOP_ISOLATION !== '0';
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** `AGOP_WEBGPU=whole` runs all of the conformance suite on WebGPU, not a part of it. */
const wholeWebGpu = process.env.AGOP_WEBGPU === 'whole';

/** Chromium's sandbox cannot start as root, as in a container. */
const asRoot = process.getuid?.() === 0;

/** WebGPU also on the adapter in software, whose compiler takes seconds to fill memory with zeros. */
const webGpu = ['--enable-unsafe-webgpu', '--enable-dawn-features=disable_workgroup_init'];

export default defineConfig({
  root: import.meta.dirname,
  resolve: { conditions: ['@agop/source', 'module', 'browser', 'development|production'] },
  server: { headers: isolated ? isolation : {} },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 120_000,
    provide: { isolated, wholeWebGpu },
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({
        launchOptions: { executablePath, args: [...(asRoot ? ['--no-sandbox'] : []), ...webGpu] },
      }),
      instances: [{ browser: 'chromium' }],
    },
  },
});

declare module 'vitest' {
  export interface ProvidedContext {
    /** The pages are meant to be cross-origin isolated. */
    isolated: boolean;
    /** All of the suite runs on WebGPU. */
    wholeWebGpu: boolean;
  }
}
