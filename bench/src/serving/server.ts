import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { promisify } from 'node:util';

/** What clients have seen. */
export interface Load {
  readonly perSecond: number;
  /** Milliseconds that half of the requests, and all but one of a hundred, took at most. */
  readonly p50: number;
  readonly p99: number;
  readonly failed: number;
}

/** A server that predicts in a way, while clients ask: see clients.ts. */
export async function underLoad(
  predict: (x: number[][]) => Promise<ArrayLike<number>>,
  connections: number,
  requests: number,
): Promise<Load> {
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    response.end(JSON.stringify({ y: Array.from(await predict(JSON.parse(body).x)) }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const clients = new URL('./clients.ts', import.meta.url).pathname;
  const args = ['-C', '@agop/source', clients, String(port), String(connections), String(requests)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  server.closeAllConnections();
  server.close();
  return JSON.parse(stdout);
}
