// Builds all parts of the site into one folder, which any static host serves.
//
//   pnpm site [--serve] [--port 8080]
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'vite';
import { siteApps, siteFolder } from './apps.ts';
import { serveFolder } from './serve-folder.ts';

const { values } = parseArgs({ options: { serve: { type: 'boolean' }, port: { type: 'string' } } });

// Also where a test runner builds it.
process.env['NODE_ENV'] = 'production';
rmSync(siteFolder, { recursive: true, force: true });
for (const { folder, at } of siteApps) {
  await build({
    configFile: join(folder, 'vite.config.ts'),
    logLevel: 'warn',
    build: { outDir: join(siteFolder, at), emptyOutDir: false },
  });
}
console.log(`The site is in ${siteFolder}`);
if (values.serve) {
  const { url } = await serveFolder(siteFolder, { port: Number(values.port ?? 8080) });
  console.log(`It is served at ${url}`);
}
