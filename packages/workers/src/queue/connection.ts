import { UnavailableError } from '@agop/core';
import { Redis, type RedisOptions } from 'ioredis';

/** Where the queue is. */
export interface RedisAddress {
  /** `redis://[user:password@]host[:port][/database]`, or `rediss://` for TLS. Valkey is as good. */
  readonly redis: string;
  /** Certificates of authorities for TLS, in PEM, where the system's do not suffice. */
  readonly ca?: string | undefined;
}

/** An address without its password, for people. */
export function shownAddress(address: string): string {
  try {
    const url = new URL(address);
    const user = url.username === '' && url.password === '' ? '' : `${url.username || ''}:***@`;
    return `${url.protocol}//${user}${url.host}${url.pathname === '/' ? '' : url.pathname}`;
  } catch {
    return 'the address that was given';
  }
}

/**
 * Connects to Redis. Once connected, it connects again by itself for as long as it takes.
 *
 * @throws {UnavailableError} where nothing answers, or what answers refuses
 * @internal
 */
export async function connect({ redis, ca }: RedisAddress, name: string): Promise<Redis> {
  const shown = shownAddress(redis);
  const client = new Redis(redis, {
    ...tlsOf(redis, ca),
    connectionName: name,
    lazyConnect: true,
    maxRetriesPerRequest: null,
    connectTimeout: 5000,
    // Until the first connection is there, a wrong address is an error and not a reason to wait.
    retryStrategy: () => null,
  });
  let last: Error | undefined;
  client.on('error', (error: Error) => {
    last = error;
  });
  try {
    await client.connect();
  } catch (error) {
    client.disconnect();
    throw new UnavailableError(`Redis does not answer at ${shown}: ${reasonOf(last ?? error)}.`);
  }
  client.options.retryStrategy = (times) => Math.min(50 * 2 ** Math.min(times, 6), 2000);
  return client;
}

function tlsOf(address: string, ca: string | undefined): Pick<RedisOptions, 'tls'> {
  if (!/^rediss:/.test(address)) return {};
  return { tls: ca === undefined ? {} : { ca } };
}

/** Codes and words of the system; never the address, which may hold a password. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message.replace(/[.\s]+$/, '') || ('code' in error ? String(error.code) : error.name);
}
