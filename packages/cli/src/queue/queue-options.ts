import { OptionError } from '@agop/core';
import { type Settings, text } from '@agop/core/options';

/** Where the queue of jobs is: options of every command that uses it. */
export const queueOptions = {
  redis: text({
    placeholder: 'url',
    description:
      'Queue of jobs in Redis or Valkey: redis://host, or rediss://user@host with TLS; $AGOP_REDIS_PASSWORD is its password',
  }),
  ca: text({
    placeholder: 'file',
    description: 'Certificates of authorities for rediss://, in PEM',
    defaultWords: "the system's",
  }),
  queue: text({
    placeholder: 'name',
    description: 'Name of the queue, where several share a Redis',
    default: 'default',
    namesInCode: ['group'],
  }),
};

/** What the options say of the queue. */
export type QueueChoice = Settings<typeof queueOptions>;

/**
 * The address of the queue that `--redis` names, with the password of the variable AGOP_REDIS_PASSWORD where
 * it has none; undefined where none is named.
 *
 * @throws {OptionError} for something else than an address
 * @throws {StorageError} where the certificates cannot be read
 */
export async function queueAddress(
  { redis, ca, queue }: QueueChoice,
  environment: Readonly<Record<string, string | undefined>> = process.env,
) {
  if (redis === undefined) return undefined;
  const url = URL.canParse(redis) ? new URL(redis) : undefined;
  if (!url || !/^rediss?:$/.test(url.protocol) || url.hostname === '') {
    throw new OptionError('redis', {
      requirement: 'be an address such as redis://host:6379, or rediss://host:6379 with TLS',
    });
  }
  const password = environment['AGOP_REDIS_PASSWORD'] ?? '';
  if (password !== '' && url.password === '') url.password = encodeURIComponent(password);
  const address = { redis: url.href, group: queue };
  if (ca === undefined) return address;
  const { readFile } = await import('@agop/estimators');
  return { ...address, ca: new TextDecoder().decode(await readFile(ca)) };
}

/** {@link queueAddress} where there must be one. @throws {OptionError} where there is none */
export async function requireQueue(options: QueueChoice) {
  const address = await queueAddress(options);
  if (address !== undefined) return address;
  throw new OptionError('redis', { requirement: 'name the queue, as in redis://host:6379' });
}

/** Options of storage behind s3://. */
export const s3Options = {
  s3Endpoint: text({
    placeholder: 'url',
    description: "Address of the storage behind s3://, where it is not Amazon's",
  }),
};

/** Options of a fit whose jobs go to workers. */
export const fitQueueOptions = {
  ...queueOptions,
  redis: {
    ...queueOptions.redis,
    description:
      'Have trials and leaves fitted by workers (agop worker) of the queue in this Redis or Valkey; $AGOP_REDIS_PASSWORD is its password',
    defaultWords: 'this machine alone',
  },
  shared: text({
    placeholder: 'folder',
    description: 'Where workers find rows: a folder that all machines reach, or s3://bucket/prefix',
    defaultWords: '.agop-rows beside the table',
  }),
  ...s3Options,
};

/** What the options of a fit say of its queue. */
export type FitQueueChoice = Settings<typeof fitQueueOptions>;
