// Serves the parts of the site with reload.
//
//   pnpm site:dev [--port PORT]
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createServer } from 'vite';
import { siteApps } from './apps.ts';

const { values } = parseArgs({ options: { port: { type: 'string' } } });
const first = Number(values.port ?? 5173);

for (const [i, { folder, at }] of siteApps.entries()) {
  const server = await createServer({
    configFile: join(folder, 'vite.config.ts'),
    server: { port: first + i },
  });
  await server.listen();
  console.log(`${at}: ${server.resolvedUrls?.local.join(', ') ?? ''}`);
}
