// Serves all parts of the site with reload, at one address.
//
//   pnpm site:dev [--port PORT]
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createServer } from 'vite';
import { createServer as createPagesServer } from 'vitepress';
import { besideDocumentation, siteApps } from './apps.ts';

const { values } = parseArgs({ options: { port: { type: 'string' } } });
const first = Number(values.port ?? 5173);

// Only built sites have it.
process.env['AGOP_SITE_REFERENCE'] = 'none';
const proxy: Record<string, string> = {};
for (const [i, { folder, made, at }] of siteApps.entries()) {
  if (made !== 'by Vite') continue;
  const port = first + i;
  const server = await createServer({
    configFile: join(folder, 'vite.config.ts'),
    base: `/${at}/`,
    define: besideDocumentation,
    server: { port, strictPort: true, ws: { clientPort: port } },
  });
  await server.listen();
  proxy[`/${at}/`] = `http://localhost:${port}`;
}
for (const { folder, made } of siteApps) {
  if (made !== 'by VitePress') continue;
  const server = await createPagesServer(folder, { port: first, strictPort: true, proxy });
  await server.listen();
  server.printUrls();
}
