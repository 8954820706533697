import { build, type Metafile } from 'esbuild';
import { external } from './bundle-sizes.ts';
import { type Entry, root } from './entries.ts';

/**
 * The parts of Node that each entry, or anything that it loads now or later, asks for by an import: bundlers
 * for browsers that know no `node:` URLs fail on each of them.
 *
 * @returns for each entry in turn, which file imports what
 */
export async function nodeImports(bundled: readonly Pick<Entry, 'source'>[]): Promise<string[][]> {
  const { metafile } = await build({
    entryPoints: bundled.map(({ source }) => source),
    absWorkingDir: root,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    conditions: ['@agop/source', 'module', 'browser', 'import'],
    external,
    write: false,
    metafile: true,
    outdir: 'out',
  });
  return bundled.map(({ source }) => importsFrom(source, metafile));
}

function importsFrom(source: string, { inputs }: Metafile): string[] {
  const reached = new Set([source]);
  const found: string[] = [];
  // The set grows while it is gone through.
  for (const file of reached) {
    for (const { path, external: isOutside } of inputs[file]?.imports ?? []) {
      if (path.startsWith('node:')) found.push(`${file} imports ${path}`);
      else if (!isOutside) reached.add(path);
    }
  }
  return found;
}
