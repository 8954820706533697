import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { isolation } from './isolation.ts';

/** Options of {@link serveFolder}. */
export interface ServeFolderOptions {
  /** Whether the headers of isolation are sent. Default true. */
  readonly isolated?: boolean;
  /** Default: one that is free. */
  readonly port?: number;
  /** The address of the folder begins with this path, as on a host that has it below others. Default `/`. */
  readonly base?: string;
}

/** A server that runs. */
export interface FolderServer extends AsyncDisposable {
  /** Of the folder, with a slash at its end. */
  readonly url: string;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
  '.gz': 'application/gzip',
};

/** What shrinks on the way. */
const compressible = /^(text|application\/json|image\/svg)/;

/** Serves the files of a folder, as any static host would: for tests, measurements, and to look at. */
export async function serveFolder(folder: string, options: ServeFolderOptions = {}): Promise<FolderServer> {
  const { isolated = true, port = 0, base = '/' } = options;
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const file = await fileOf(folder, base, pathname);
    if (file === undefined) {
      await sendMissing(response, { folder, isolated });
      return;
    }
    const accepts = String(request.headers['accept-encoding'] ?? '').includes('gzip');
    await send(response, file, { isolated, accepts }).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  const own = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://127.0.0.1:${own}${base}`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function fileOf(folder: string, base: string, pathname: string): Promise<string | undefined> {
  if (!pathname.startsWith(base)) return undefined;
  let path: string;
  try {
    path = normalize(join(folder, decodeURIComponent(pathname.slice(base.length))));
  } catch {
    return undefined;
  }
  if (path !== normalize(folder) && !path.startsWith(normalize(folder + sep))) return undefined;
  const candidates = pathname.endsWith('/') ? [join(path, 'index.html')] : [path, `${path}.html`];
  for (const candidate of candidates) {
    const found = await stat(candidate).catch(() => undefined);
    if (found?.isFile()) return candidate;
  }
  return undefined;
}

/** The folder's own page for addresses that it does not have, or a line of text. */
async function sendMissing(
  response: ServerResponse,
  { folder, isolated }: { readonly folder: string; readonly isolated: boolean },
): Promise<void> {
  const page = await readFile(join(folder, '404.html'), 'utf8').catch(() => undefined);
  if (page === undefined) {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('There is no such file.');
    return;
  }
  response.writeHead(404, {
    'content-type': types['.html'],
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-cache',
    ...(isolated && isolation),
  });
  response.end(page);
}

async function send(
  response: ServerResponse,
  file: string,
  { isolated, accepts }: { readonly isolated: boolean; readonly accepts: boolean },
): Promise<void> {
  const type = types[extname(file)] ?? 'application/octet-stream';
  const packed = accepts && compressible.test(type);
  const isNamed = /-[\w-]{8,}\.\w+$/.test(file);
  response.writeHead(200, {
    'content-type': type,
    'x-content-type-options': 'nosniff',
    // Names of built files change with their content.
    'cache-control': isNamed ? 'public, max-age=31536000, immutable' : 'no-cache',
    ...(packed && { 'content-encoding': 'gzip', vary: 'accept-encoding' }),
    ...(isolated && isolation),
  });
  const steps = packed ? [createGzip()] : [];
  await pipeline([createReadStream(file), ...steps, response]);
}
