import { defineConfig } from 'vite';

/** Engines that are loaded where they are asked for, which this page does not. */
const unused = [/^@tensorflow\//, /^@agop\/backend-tfjs/];

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  // In a clone the packages are their sources; with installed packages this line is not needed.
  resolve: { conditions: ['@agop/source', 'module', 'browser', 'development|production'] },
  // Isolated pages have threads.
  server: {
    headers: {
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    },
  },
  worker: { format: 'es', rolldownOptions: { external: unused } },
  build: { target: 'es2022', rolldownOptions: { external: unused } },
});
