import { fileURLToPath } from 'node:url';
import { isolation } from '@agop/site';
import { defineConfig } from 'vite';
import { keptFiles } from './kept-files.ts';

const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Engines that are loaded where they are asked for, which no page does. */
const unused = [/^@tensorflow\//, /^@agop\/backend-tfjs/];

export default defineConfig({
  root: pathOf('.'),
  // Works from any folder of any host.
  base: './',
  publicDir: false,
  resolve: { conditions: ['@agop/source', 'module', 'browser', 'development|production'] },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  worker: { format: 'es', rolldownOptions: { external: unused } },
  server: { headers: isolation },
  plugins: [keptFiles()],
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1000,
    rolldownOptions: {
      external: unused,
      input: {
        index: pathOf('index.html'),
        'service-worker': pathOf('src/service-worker/service-worker.ts'),
        embed: pathOf('src/embed.ts'),
      },
      preserveEntrySignatures: 'exports-only',
      output: {
        // These two are asked for by name.
        entryFileNames: ({ name }) =>
          ['service-worker', 'embed'].includes(name) ? '[name].js' : 'assets/[name]-[hash].js',
      },
    },
  },
});
