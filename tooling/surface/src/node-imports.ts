import { build } from 'esbuild';
import { external } from './bundle-sizes.ts';
import { type Entry, root } from './entries.ts';

/**
 * The parts of Node that an entry, or anything that it loads now or later, asks for by an import: bundlers
 * for browsers that know no `node:` URLs fail on each of them.
 */
export async function nodeImports({ source }: Pick<Entry, 'source'>): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: [source],
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
  return Object.entries(metafile.inputs).flatMap(([file, { imports }]) =>
    imports.filter(({ path }) => path.startsWith('node:')).map(({ path }) => `${file} imports ${path}`),
  );
}
