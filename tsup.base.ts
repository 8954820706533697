import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Options } from 'tsup';

/**
 * What every published package shares. Run in the package's folder.
 *
 * @param entry the files to build; those that the package's `exports` name, where it is left out
 */
export function library(entry: string[] = exportedSources()): Options {
  return {
    entry,
    format: 'esm',
    // ES2022 lowers `using`, which neither Node 20 nor every current browser parses.
    target: 'es2022',
    platform: 'neutral',
    // Declarations are those of one run of the compiler for all packages, see scripts/setup/declarations.mjs.
    dts: false,
    clean: true,
    sourcemap: true,
    // `node:fs` stays `node:fs`: Deno and bundlers tell built-in modules by the prefix.
    removeNodeProtocol: false,
    external: [/^node:/],
    // Before the lowered `using`, methods called `[Symbol.dispose]` must have a name that is always there.
    define: { 'Symbol.dispose': 'disposeSymbol' },
    inject: [fileURLToPath(new URL('tsup.dispose.ts', import.meta.url))],
  };
}

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly '@agop/source': string }>>;
}

function exportedSources(): string[] {
  const manifest: Manifest = JSON.parse(readFileSync('package.json', 'utf8'));
  return Object.values(manifest.exports).flatMap((target) =>
    typeof target === 'string' ? [] : [target['@agop/source'].replace('./', '')],
  );
}
