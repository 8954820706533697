import { fileURLToPath } from 'node:url';
import { fixtureFolder, listFixtures } from '@agop/fixtures/find';
import { defineConfig } from 'vitest/config';
import browser from './vitest.config.ts';

const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const engines = pathOf('../webgpu-checks/test/engines.ts');
const folder = fixtureFolder();

/** The float32 fixtures on WebGPU in a page: the server of the page hands out their files. */
export default defineConfig({
  ...browser,
  resolve: {
    ...browser.resolve,
    alias: [
      { find: /^@agop\/fixtures$/, replacement: pathOf('src/fixtures-in-page.ts') },
      { find: /^@agop\/test-support\/engines$/, replacement: engines },
      { find: /^@agop\/backend-cpu$/, replacement: engines },
    ],
  },
  server: {
    ...browser.server,
    fs: { allow: [pathOf('../..'), ...(folder.path === undefined ? [] : [folder.path])] },
  },
  test: {
    ...browser.test,
    include: ['fixtures/**/*.test.ts'],
    provide: {
      ...browser.test?.provide,
      fixtures: { names: listFixtures(), urls: `/@fs${folder.path}`, missing: folder.missing },
    },
  },
});

declare module 'vitest' {
  export interface ProvidedContext {
    /** Names of the fixtures and the address of their folder, or why there are none. */
    fixtures: {
      readonly names: readonly string[];
      readonly urls: string;
      readonly missing?: string | undefined;
    };
  }
}
