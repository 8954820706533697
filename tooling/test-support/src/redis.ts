import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from './free-port.ts';

/** The server that there is, of Debian's `redis-server` or `valkey-server`; undefined where there is none. */
export const serverProgram: string | undefined = ['redis-server', 'valkey-server'].find(
  (name) => spawnSync(name, ['--version']).status === 0,
);

/** A Redis of a test's own, on loopback, with its data in a folder of its own. */
export interface OwnRedis {
  readonly url: string;
  readonly folder: string;
  /** Ends it as a service ends, and starts it with what it has saved; or with nothing, as after a crash. */
  restart(how: 'saved' | 'lost'): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a Redis. @param settings further ones, as `--requirepass secret` */
export async function startRedis(settings: readonly string[] = []): Promise<OwnRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'agop-redis-'));
  const port = await freePort();
  const isTls = settings.includes('--tls-port');
  const begin = async (): Promise<ChildProcess> => {
    const args = ['--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'yes'];
    const ports = isTls ? ['--port', '0'] : ['--port', String(port)];
    const own = settings.map((word) => (word === 'PORT' ? String(port) : word));
    const server = spawn(serverProgram ?? '', [...ports, ...args, ...own], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    server.stdout.on('data', (text: Buffer) => {
      printed += String(text);
    });
    for (let tries = 0; !printed.includes('Ready to accept connections'); tries++) {
      if (tries > 500 || server.exitCode !== null) throw new Error(`Redis did not start: ${printed}`);
      await wait(20);
    }
    return server;
  };
  let server = await begin();
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (server.exitCode !== null) return;
    const ended = once(server, 'exit');
    server.kill(signal);
    await ended;
  };
  return {
    url: `${isTls ? 'rediss' : 'redis'}://127.0.0.1:${port}`,
    folder,
    async restart(how) {
      await end(how === 'saved' ? 'SIGTERM' : 'SIGKILL');
      if (how === 'lost') await rm(join(folder, 'appendonlydir'), { recursive: true, force: true });
      server = await begin();
    },
    async stop() {
      await end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
