import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { type Entry, root } from './entries.ts';

/** Parts of Node, and libraries that are optional or only for Node. */
export const external = [
  'node:*',
  'stream',
  '@tensorflow/*',
  'koffi',
  'jsdom',
  'bullmq',
  'ioredis',
  '@aws-sdk/*',
];

/**
 * What a page loads with `import * from` an entry: the bytes of its bundle, minified and compressed by gzip,
 * with everything that it imports, without what it loads later by `import()`.
 */
export async function bundleSize({ source }: Pick<Entry, 'source'>): Promise<number> {
  const { outputFiles, metafile } = await build({
    entryPoints: [source],
    absWorkingDir: root,
    bundle: true,
    minify: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    conditions: ['@agop/source', 'module', 'browser', 'import'],
    external,
    outdir: 'out',
    write: false,
    metafile: true,
  });
  const outputs = Object.entries(metafile.outputs);
  const [first] = outputs.find(([, { entryPoint }]) => entryPoint === source) ?? [];
  const loaded = new Set(first === undefined ? [] : [first]);
  for (const name of loaded) {
    for (const { path, kind, external: outside } of metafile.outputs[name]?.imports ?? []) {
      if (kind === 'import-statement' && !outside) loaded.add(path);
    }
  }
  return outputFiles
    .filter(({ path }) => [...loaded].some((name) => path.replaceAll('\\', '/').endsWith(name)))
    .reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0);
}
