import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { basename, join } from 'node:path';
import { build, transform } from 'esbuild';
import { library } from '../../../tsup.base.ts';

const folder = join(import.meta.dirname, 'pages');

/** The programs of ./pages as files for browsers, compiled as the published packages are. */
async function compile(): Promise<ReadonlyMap<string, Uint8Array | string>> {
  const { define = {}, inject = [] } = library([]);
  const { outputFiles } = await build({
    entryPoints: ['page.ts', 'model.worker.ts'].map((name) => join(folder, name)),
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    conditions: ['@agop/source', 'module', 'browser', 'import'],
    external: ['@tensorflow/*', '@agop/backend-tfjs/*'],
    define,
    inject: inject as string[],
    outdir: '/',
    write: false,
  });
  // By itself: what is bundled with the programs would look at the engine before it.
  const lesser = await transform(await readFile(join(folder, 'without-dispose.ts'), 'utf8'), {
    loader: 'ts',
  });
  const lesserWorker = "await import('./without-dispose.js');\nawait import('./model.worker.js');\n";
  return new Map<string, Uint8Array | string>([
    ...outputFiles.map(({ path, contents }) => [basename(path), contents] as const),
    ['without-dispose.js', lesser.code],
    ['model.worker.without-dispose.js', lesserWorker],
  ]);
}

/** Headers that make a page cross-origin isolated, so that it has shared memory. */
const isolation = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

/** A server of pages that run `page.ts`; what stands in the address's `csp` is the page's policy. */
export async function servePages(): Promise<{ readonly url: string; close(): void }> {
  const files = await compile();
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const policy =
      searchParams.get('csp') ?? new URL(request.headers.referer ?? 'http://none').searchParams.get('csp');
    const headers = { ...isolation, ...(policy && { 'content-security-policy': policy }) };
    const file = files.get(pathname.slice(1));
    if (pathname === '/') {
      response.writeHead(200, { ...headers, 'content-type': 'text/html' });
      const programs = searchParams.has('without-dispose') ? ['without-dispose.js', 'page.js'] : ['page.js'];
      const scripts = programs.map((program) => `<script type="module" src="${program}"></script>`);
      response.end(`<!doctype html>${scripts.join('')}`);
    } else if (file) {
      response.writeHead(200, { ...headers, 'content-type': 'text/javascript' });
      response.end(file);
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}/`, close: () => server.close() };
}
