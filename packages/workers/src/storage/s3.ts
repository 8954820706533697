import { notInstalled, OptionError, StorageError } from '@agop/core';
import type { S3Client } from '@aws-sdk/client-s3';
import type { Storage, WritableStorage } from './storage.ts';

/** A storage with the interface of S3. Keys come from where its official client looks for them. */
export interface S3Options {
  /** Address, where it is not Amazon's: that of MinIO, Ceph, R2, …. */
  readonly endpoint?: string | undefined;
  /** Default that of the environment, or `us-east-1` with an endpoint. */
  readonly region?: string | undefined;
}

const ending = '.rows';

/** Reads objects below `s3://bucket/prefix`. @throws {UnavailableError} without `@aws-sdk/client-s3` */
export async function bucketStorage(
  place: string,
  options: S3Options,
): Promise<Storage & { holds(url: string): boolean }> {
  const { bucket, prefix } = placeOf(place);
  const { client, GetObjectCommand } = await open(options);
  const keyOf = (url: string): string | undefined => {
    const found = /^s3:\/\/([^/]+)\/(.+)$/.exec(url);
    return found?.[1] === bucket && found[2]?.startsWith(prefix) ? found[2] : undefined;
  };
  return {
    holds: (url) => keyOf(url) !== undefined,
    async read(url, begin, end) {
      try {
        const { Body } = await client.send(
          new GetObjectCommand({ Bucket: bucket, Key: keyOf(url), Range: `bytes=${begin}-${end - 1}` }),
        );
        return (await Body?.transformToByteArray()) ?? new Uint8Array();
      } catch (cause) {
        throw new StorageError({ path: url, reason: reasonOf(cause) }, { cause });
      }
    },
  };
}

/** Writes objects below `s3://bucket/prefix`. @throws {UnavailableError} without `@aws-sdk/client-s3` */
export async function writableBucket(place: string, options: S3Options): Promise<WritableStorage> {
  const { bucket, prefix } = placeOf(place);
  const { client, HeadObjectCommand, PutObjectCommand } = await open(options);
  const keyOf = (name: string): string => `${prefix}${name}${ending}`;
  return {
    urlOf: (name) => `s3://${bucket}/${keyOf(name)}`,
    async has(name, bytes) {
      try {
        const head = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: keyOf(name) }));
        return head.ContentLength === bytes;
      } catch {
        return false;
      }
    },
    async write(name, parts) {
      try {
        await client.send(
          new PutObjectCommand({ Bucket: bucket, Key: keyOf(name), Body: Buffer.concat(parts) }),
        );
      } catch (cause) {
        throw new StorageError(`Cannot write s3://${bucket}/${keyOf(name)}: ${reasonOf(cause)}.`, { cause });
      }
    },
  };
}

function placeOf(place: string): { readonly bucket: string; readonly prefix: string } {
  const found = /^s3:\/\/([a-z0-9.-]+)(?:\/(.*))?$/.exec(place);
  if (!found?.[1]) throw new OptionError('shared', `'${place}' is no bucket: it must be s3://bucket/prefix.`);
  const prefix = found[2]?.replace(/\/*$/, '') ?? '';
  return { bucket: found[1], prefix: prefix === '' ? '' : `${prefix}/` };
}

async function open({ endpoint, region }: S3Options) {
  const s3 = await import('@aws-sdk/client-s3').catch((cause: unknown) => {
    throw notInstalled(
      '@aws-sdk/client-s3',
      'Rows in a bucket need the package @aws-sdk/client-s3: install it beside this one.',
      cause,
    );
  });
  // Storages other than Amazon's may refuse the checksums that the client adds; a file of rows has hashes of
  // its own.
  const own = endpoint !== undefined && {
    endpoint,
    forcePathStyle: true,
    region: region ?? 'us-east-1',
    requestChecksumCalculation: 'WHEN_REQUIRED' as const,
    responseChecksumValidation: 'WHEN_REQUIRED' as const,
  };
  const client: S3Client = new s3.S3Client({ ...(region !== undefined && { region }), ...own });
  return { ...s3, client };
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message.replace(/\.$/, '') || cause.name : String(cause);
}
