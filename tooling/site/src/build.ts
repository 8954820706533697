// Builds all parts of the site into one folder, which any static host serves, and checks its links.
//
//   pnpm site [--serve] [--port 8080] [--no-reference]
//
// The reference of all entries takes half of the time; --no-reference leaves it out, and the links to it.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'vite';
import { build as buildPages } from 'vitepress';
import { freeOfBase, unknownBase } from './any-folder.ts';
import { besideDocumentation, root, siteApps, siteFolder } from './apps.ts';
import { deadLinks } from './dead-links.ts';
import { serveFolder } from './serve-folder.ts';

const { values } = parseArgs({
  options: {
    serve: { type: 'boolean' },
    port: { type: 'string' },
    reference: { type: 'boolean', default: true },
  },
  allowNegative: true,
});

// Also where a test runner builds it.
process.env['NODE_ENV'] = 'production';
if (!values.reference) process.env['AGOP_SITE_REFERENCE'] = 'none';
rmSync(siteFolder, { recursive: true, force: true });
for (const { folder, made, at } of siteApps) {
  const outDir = join(siteFolder, at);
  if (made === 'by VitePress') {
    await buildPages(folder, { outDir, base: unknownBase });
    freeOfBase(outDir, outDir);
  } else {
    await build({
      configFile: join(folder, 'vite.config.ts'),
      logLevel: 'warn',
      define: besideDocumentation,
      build: { outDir, emptyOutDir: false },
    });
  }
}
if (values.reference) {
  const { status } = spawnSync('typedoc', ['--out', join(siteFolder, 'api'), '--logLevel', 'Warn'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error(`typedoc ended with exit code ${status}.`);
  freeOfBase(join(siteFolder, 'api'), siteFolder);
}
const dead = deadLinks(siteFolder);
if (dead.length > 0) throw new Error(`Links of the site that lead nowhere:\n${dead.join('\n')}`);
console.log(`The site is in ${siteFolder}`);
if (values.serve) {
  const { url } = await serveFolder(siteFolder, { port: Number(values.port ?? 8080) });
  console.log(`It is served at ${url}`);
}
