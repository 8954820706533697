import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, realpath, rename, rm, stat, utimes } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { StorageError } from '@agop/core';
import type { Storage, WritableStorage } from './storage.ts';

/** Files that no fit has asked for in this time are removed. */
const keptSeconds = 7 * 24 * 3600;
const ending = '.rows';

/** A folder that workers may read below. */
export interface FolderRoot {
  /** Where it is on this machine. */
  readonly path: string;
  /** What jobs call it, where it is at another place on the driver's machine. */
  readonly named: string;
}

/**
 * Reads files below folders, and no others: links that lead out of a folder are not followed.
 *
 * @throws {StorageError} for a folder that is not there
 */
export async function folderStorage(root: FolderRoot): Promise<Storage & { holds(url: string): boolean }> {
  const real = await realpath(root.path).catch((cause: unknown) => {
    throw new StorageError({ path: root.path, reason: reasonOf(cause) }, { cause });
  });
  return {
    holds: (url) => url.startsWith('file:') && isBelow(resolve(root.named), pathOf(url)),
    async read(url, begin, end) {
      const within = relative(resolve(root.named), pathOf(url));
      const path = await realpath(join(real, within)).catch((cause: unknown) => {
        throw new StorageError({ path: join(real, within), reason: reasonOf(cause) }, { cause });
      });
      if (!isBelow(real, path)) throw new StorageError({ path, reason: `it lies outside of ${root.path}` });
      const bytes = new Uint8Array(end - begin);
      try {
        const file = await open(path, 'r');
        try {
          for (let at = 0; at < bytes.length; ) {
            const { bytesRead } = await file.read(bytes, at, bytes.length - at, begin + at);
            if (bytesRead === 0) return bytes.subarray(0, at);
            at += bytesRead;
          }
        } finally {
          await file.close();
        }
      } catch (cause) {
        throw new StorageError({ path, reason: reasonOf(cause) }, { cause });
      }
      return bytes;
    },
  };
}

/**
 * A folder that a driver writes to. Files that were not used for a week are removed when it is opened.
 *
 * @throws {StorageError} where the folder cannot be made
 */
export async function writableFolder(path: string): Promise<WritableStorage> {
  const folder = resolve(path);
  try {
    await mkdir(folder, { recursive: true });
    await removeOld(folder);
  } catch (cause) {
    throw new StorageError(`Cannot use the folder ${folder}: ${reasonOf(cause)}.`, { cause });
  }
  const fileOf = (name: string): string => join(folder, `${name}${ending}`);
  return {
    urlOf: (name) => pathToFileURL(fileOf(name)).href,
    async has(name, bytes) {
      try {
        if ((await stat(fileOf(name))).size !== bytes) return false;
        const now = new Date();
        await utimes(fileOf(name), now, now);
        return true;
      } catch {
        return false;
      }
    },
    async write(name, parts) {
      const temporary = join(folder, `.${randomUUID()}.part`);
      try {
        const file = await open(temporary, 'wx');
        try {
          for (const part of parts) await file.writeFile(part);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(temporary, fileOf(name));
      } catch (cause) {
        await rm(temporary, { force: true });
        throw new StorageError(`Cannot write ${fileOf(name)}: ${reasonOf(cause)}.`, { cause });
      }
    },
  };
}

async function removeOld(folder: string): Promise<void> {
  const limit = Date.now() - keptSeconds * 1000;
  for (const name of await readdir(folder)) {
    if (!/^[0-9a-f]{64}\.rows$|^\.[0-9a-f-]{36}\.part$/.test(name)) continue;
    const path = join(folder, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: limit }));
    if (mtimeMs < limit) await rm(path, { force: true });
  }
}

function pathOf(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    throw new StorageError({ path: url, reason: 'it is no address of a file' }, { cause });
  }
}

function isBelow(folder: string, path: string): boolean {
  const within = relative(folder, path);
  return within !== '' && within !== '..' && !within.startsWith(`..${sep}`) && !isAbsolute(within);
}

/** `ENOENT: no such file or directory` without the call and the path. */
function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message.replace(/(, \w+( '.*)?|\.)$/s, '') : String(cause);
}
