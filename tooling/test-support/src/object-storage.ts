import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from './free-port.ts';

const kinds = ['object', 'container', 'account'] as const;

/** Whether OpenStack Swift is installed (Debian: `swift-proxy`, and `swift-` object, container, account). */
export const hasSwift: boolean = [...kinds, 'proxy'].every(
  (kind) => spawnSync('sh', ['-c', `command -v swift-${kind}-server`]).status === 0,
);

/** A storage with the interface of S3 of a test's own, on loopback. */
export interface OwnObjectStorage {
  /** Address for clients of S3. */
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  stop(): Promise<void>;
}

/**
 * Starts OpenStack Swift with its interface of S3: one device, one copy of everything, in a folder of its
 * own, which must be on a file system with extended attributes.
 */
export async function startSwift(): Promise<OwnObjectStorage> {
  const folder = await mkdtemp(join(tmpdir(), 'agop-swift-'));
  const devices = join(folder, 'devices');
  await mkdir(join(devices, 'one'), { recursive: true });
  const proxyPort = await freePort();
  const shared = `bind_ip = 127.0.0.1\nuser = root\nswift_dir = ${folder}\nworkers = 0\nlog_level = ERROR\n`;
  await writeFile(
    join(folder, 'swift.conf'),
    '[swift-hash]\nswift_hash_path_suffix = a\nswift_hash_path_prefix = b\n[storage-policy:0]\nname = one\ndefault = yes\n',
  );
  for (const kind of kinds) {
    const port = await freePort();
    const ring = join(folder, `${kind}.builder`);
    const build = (...words: string[]) => spawnSync('swift-ring-builder', [ring, ...words]);
    build('create', '4', '1', '1');
    build('add', `r1z1-127.0.0.1:${port}/one`, '1');
    build('rebalance');
    await writeFile(
      join(folder, `${kind}.conf`),
      `[DEFAULT]\n${shared}bind_port = ${port}\ndevices = ${devices}\nmount_check = false\n[pipeline:main]\npipeline = ${kind}-server\n[app:${kind}-server]\nuse = egg:swift#${kind}\n`,
    );
  }
  await writeFile(
    join(folder, 'proxy.conf'),
    `[DEFAULT]\n${shared}bind_port = ${proxyPort}\n[pipeline:main]\npipeline = cache s3api tempauth copy slo dlo proxy-server\n[app:proxy-server]\nuse = egg:swift#proxy\naccount_autocreate = true\n[filter:cache]\nuse = egg:swift#memcache\nmemcache_servers = 127.0.0.1:1\n[filter:tempauth]\nuse = egg:swift#tempauth\nuser_test_tester = testing .admin\n${['s3api', 'copy', 'slo', 'dlo'].map((name) => `[filter:${name}]\nuse = egg:swift#${name}\n`).join('')}`,
  );
  const servers = [...kinds, 'proxy'].map((kind) =>
    spawn(`swift-${kind}-server`, [join(folder, `${kind}.conf`)], { stdio: ['ignore', 'ignore', 'inherit'] }),
  );
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map(end));
    await rm(folder, { recursive: true, force: true });
  };
  const endpoint = `http://127.0.0.1:${proxyPort}`;
  for (let tries = 0; !(await answers(endpoint)); tries++) {
    if (tries > 1200 || servers.some(({ exitCode }) => exitCode !== null)) {
      await stop();
      throw new Error('Swift did not start.');
    }
    await wait(100);
  }
  return { endpoint, accessKeyId: 'test:tester', secretAccessKey: 'testing', stop };
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  const ended = once(server, 'exit');
  server.kill('SIGKILL');
  await ended;
}

async function answers(endpoint: string): Promise<boolean> {
  try {
    await fetch(endpoint);
    return true;
  } catch {
    return false;
  }
}
