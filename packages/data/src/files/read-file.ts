import { readFile } from 'node:fs/promises';
import { StorageError, shownValue } from '@agop/core';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'reading it is not allowed',
  EPERM: 'reading it is not allowed',
  ERR_ACCESS_DENIED: "Node's permission model does not allow it: start Node with --allow-fs-read",
  ERR_INVALID_ARG_TYPE: 'it is no path',
  ERR_INVALID_ARG_VALUE: 'it is no path',
  ERR_FS_FILE_TOO_LARGE: 'it is larger than 2 GiB',
};

/**
 * The bytes of a file.
 *
 * @throws {StorageError} if it cannot be read; the message says why
 */
export async function readFileBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    throw new StorageError({ path: pathText(path), reason: reasons[code] ?? code }, { cause });
  }
}

/** A path for messages; anything else may come from JavaScript. */
export function pathText(path: unknown): string {
  return typeof path === 'string' ? path : shownValue(path);
}
