import { createHash } from 'node:crypto';
import type { Plugin } from 'vite';

/** Puts the names of all files of a build into its service worker, which keeps them. */
export function keptFiles(): Plugin {
  return {
    name: 'agop-kept-files',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const worker = bundle['service-worker.js'];
        if (worker?.type !== 'chunk') return;
        const files = Object.keys(bundle)
          .filter((name) => name !== worker.fileName && !name.endsWith('.map'))
          .sort();
        const hash = createHash('sha256');
        for (const name of files) {
          const made = bundle[name];
          hash.update(name).update(made?.type === 'asset' ? made.source : (made?.code ?? ''));
        }
        const value = JSON.stringify({ version: hash.digest('hex').slice(0, 12), files: ['./', ...files] });
        worker.code = `const buildFiles = ${value};\n${worker.code}`;
      },
    },
  };
}
