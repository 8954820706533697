import { OptionError, wording } from '@agop/core';
import { type Settings, text } from '@agop/core/options';

/** Where the queue of jobs is: options of every command that uses it. */
export const queueOptions = {
  redis: text({
    placeholder: 'url',
    description: 'Queue of jobs in Redis or Valkey: redis://host, or rediss://user:password@host with TLS',
    defaultWords: '$AGOP_REDIS, where passwords belong',
  }),
  ca: text({
    placeholder: 'file',
    description: 'Certificates of authorities for rediss://, in PEM',
    defaultWords: "the system's",
  }),
  group: text({
    placeholder: 'name',
    description: 'Drivers and workers of one group work together',
    default: 'default',
  }),
};

/** What the options say of the queue. */
export type QueueChoice = Settings<typeof queueOptions>;

/** The queue that `--redis` or the variable AGOP_REDIS names; undefined where none does. */
export async function queueAddress(
  { redis, ca, group }: QueueChoice,
  environment: Readonly<Record<string, string | undefined>> = process.env,
) {
  const address = redis ?? environment['AGOP_REDIS'];
  if (address === undefined || address === '') return undefined;
  if (!/^rediss?:\/\/./.test(address)) {
    throw new OptionError(
      'redis',
      wording`${{ option: 'redis', bare: true }} must be an address such as redis://host:6379, or rediss://host:6379 with TLS.`,
    );
  }
  if (ca === undefined) return { redis: address, group };
  const { readFile } = await import('@agop/estimators');
  return { redis: address, group, ca: new TextDecoder().decode(await readFile(ca)) };
}

/** {@link queueAddress} where there must be one. @throws {OptionError} where there is none */
export async function requireQueue(options: QueueChoice) {
  const address = await queueAddress(options);
  if (address !== undefined) return address;
  throw new OptionError('redis', {
    requirement: 'name the queue, or the variable AGOP_REDIS must',
  });
}

/** Options of storage behind s3://. */
export const s3Options = {
  s3Endpoint: text({
    placeholder: 'url',
    description: "Address of the storage behind s3://, where it is not Amazon's",
  }),
};
