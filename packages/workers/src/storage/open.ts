import { OptionError, StorageError } from '@agop/core';
import { folderStorage, writableFolder } from './folder.ts';
import { bucketStorage, type S3Options, writableBucket } from './s3.ts';
import type { Storage, WritableStorage } from './storage.ts';

export type { S3Options } from './s3.ts';

/**
 * Where a driver puts rows: a folder, or `s3://bucket/prefix`.
 *
 * @throws {StorageError} where it cannot be used
 * @throws {UnavailableError} for a bucket without `@aws-sdk/client-s3`
 */
export async function openShared(shared: string, s3: S3Options | undefined): Promise<WritableStorage> {
  checkPlace('shared', shared);
  return shared.startsWith('s3://') ? writableBucket(shared, s3 ?? {}) : writableFolder(shared);
}

/**
 * The places that a worker may read, and nothing else: folders, `name=folder` where the driver has the folder
 * under another name, and `s3://bucket/prefix`.
 *
 * @throws {OptionError} where there are none
 * @throws {StorageError} for a folder that is not there
 * @throws {UnavailableError} for a bucket without `@aws-sdk/client-s3`
 */
export async function openRoots(roots: readonly string[], s3: S3Options | undefined): Promise<Storage> {
  if (roots.length === 0) {
    throw new OptionError('roots', 'A worker needs at least one folder or bucket that it may read.');
  }
  const places = await Promise.all(
    roots.map((root) => {
      checkPlace('roots', root);
      if (root.startsWith('s3://')) return bucketStorage(root, s3 ?? {});
      const at = root.indexOf('=');
      const path = root.slice(at + 1);
      return folderStorage({ path, named: at < 0 ? path : root.slice(0, at) });
    }),
  );
  return {
    async read(url, begin, end) {
      const place = places.find((one) => one.holds(url));
      if (place) return place.read(url, begin, end);
      throw new StorageError({ path: url, reason: `this worker reads only below ${roots.join(', ')}` });
    },
  };
}

function checkPlace(option: string, place: string): void {
  if (typeof place === 'string' && place !== '') return;
  throw new OptionError(option, { requirement: 'be a folder, or s3://bucket/prefix', received: place });
}
