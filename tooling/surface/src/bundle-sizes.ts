import { gzipSync } from 'node:zlib';
import { build, type Plugin } from 'esbuild';
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

/** What a page loads later is no part of what it loads at first. */
const withoutLater: Plugin = {
  name: 'without-what-is-loaded-later',
  setup: ({ onResolve }) => {
    onResolve({ filter: /.*/ }, ({ kind }) => (kind === 'dynamic-import' ? { external: true } : undefined));
  },
};

/**
 * What a page loads with `import * from` each entry: the bytes of its bundle, minified and compressed by
 * gzip, with everything that it imports, without what it loads later by `import()`.
 *
 * @returns the bytes by the entries' sources; all are bundled at once, as each source is then read once
 */
export async function bundleSizes(
  bundled: readonly Pick<Entry, 'source'>[],
): Promise<ReadonlyMap<string, number>> {
  const { outputFiles, metafile } = await build({
    entryPoints: bundled.map(({ source }) => source),
    absWorkingDir: root,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    conditions: ['@agop/source', 'module', 'browser', 'import'],
    external,
    plugins: [withoutLater],
    outdir: 'out',
    write: false,
    metafile: true,
  });
  const sources = Object.values(metafile.outputs).map(({ entryPoint }) => entryPoint);
  return new Map(
    outputFiles.flatMap(({ contents }, at) => {
      const source = sources[at];
      return source === undefined ? [] : [[source, gzipSync(contents, { level: 9 }).length]];
    }),
  );
}
