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
    dts: true,
    clean: true,
    sourcemap: true,
  };
}
