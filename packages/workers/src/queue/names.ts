import { createRequire } from 'node:module';
import { OptionError } from '@agop/core';

/** Raised when jobs or results of this package could not be read by its former versions. */
const protocol = 1;

/** What drivers and workers must have in common: else the same job might not give the same bits. */
export function ownVersion(): string {
  const json: unknown = createRequire(import.meta.url)('@agop/workers/package.json');
  const version = typeof json === 'object' && json !== null && 'version' in json ? json.version : '';
  return `${version}+${protocol}`;
}

/** Names in Redis of one group of drivers and workers. */
export interface QueueNames {
  /** Prefix of all keys of BullMQ. */
  readonly prefix: string;
  /** Of the queue: drivers and workers of another version have another one. */
  readonly queue: string;
  /** Key of what a worker tells of itself. */
  readonly worker: (id: string) => string;
  /** Pattern of these keys. */
  readonly workers: string;
  /** Key of what a job gave. */
  readonly result: (job: string) => string;
}

/**
 * The names of a queue.
 *
 * @param group separates those who share a Redis and do not want to share workers
 * @throws {OptionError} for a group that is no short word
 */
export function namesOf(group: string, version: string): QueueNames {
  if (!/^[\w-]{1,40}$/.test(group)) {
    throw new OptionError('group', {
      requirement: 'be a word of letters, digits, - and _',
      received: group,
    });
  }
  const prefix = `agop-${group}`;
  return {
    prefix,
    queue: `jobs-${version}`,
    worker: (id) => `${prefix}:worker:${id}`,
    workers: `${prefix}:worker:*`,
    result: (job) => `${prefix}:result:${job}`,
  };
}
