import type { Options } from 'tsup';

/**
 * What every published package shares. The entries are the ones its `exports` name.
 * ES2022 lowers `using`, which neither Node 20 nor every current browser parses.
 */
export function library(entry: string[]): Options {
  return {
    entry,
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    // `build` writes the programs, `types` the declarations: running the programs needs only the first.
    dts: false,
    clean: ['!**/*.d.ts'],
    sourcemap: true,
  };
}
