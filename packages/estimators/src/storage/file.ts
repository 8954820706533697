import type { Stats } from 'node:fs';
import { StorageError, UnavailableError } from '@agop/core';

/**
 * Writes a file so that at any time either the old or the new content is there, complete: into a temporary
 * file in the same folder, flushed to the disk, then renamed. Whatever fails, the temporary file is removed
 * and the old content stays. Where `path` is a link, the file it leads to is replaced; devices and pipes are
 * written to directly. Node only.
 *
 * @throws {StorageError} naming the path and the reason, with the system's error as `cause`
 * @throws {UnavailableError} without a file system
 */
export async function writeFileAtomically(path: string, bytes: Uint8Array): Promise<void> {
  const fs = await loadFileSystem();
  try {
    const existing = await present(fs, path);
    if (existing && !existing.isFile()) return await fs.writeFile(path, bytes);
    await replace(fs, existing ? await fs.realpath(path) : path, bytes, existing?.mode ?? 0o666);
  } catch (cause) {
    throw new StorageError(`Cannot write '${path}': ${reason(cause)}. What was there before is unchanged.`, {
      cause,
    });
  }
}

/**
 * Reads a whole file. Node only.
 *
 * @throws {StorageError} naming the path and the reason, with the system's error as `cause`
 * @throws {UnavailableError} without a file system
 */
export async function readFile(path: string): Promise<Uint8Array> {
  const fs = await loadFileSystem();
  try {
    const { buffer, byteOffset, length } = await fs.readFile(path);
    return new Uint8Array(buffer, byteOffset, length);
  } catch (cause) {
    throw new StorageError(`Cannot read '${path}': ${reason(cause)}.`, { cause });
  }
}

/**
 * Bytes as they are, or those of the file at a path (Node only).
 *
 * @throws {StorageError} as {@link readFile}
 * @throws {UnavailableError} as {@link readFile}
 */
export async function readBytes(source: string | Uint8Array): Promise<Uint8Array> {
  return typeof source === 'string' ? readFile(source) : source;
}

type FileSystem = typeof import('node:fs/promises');

async function replace(fs: FileSystem, path: string, bytes: Uint8Array, mode: number): Promise<void> {
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    const file = await fs.open(temporary, 'wx', mode);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await fs.rename(temporary, path);
  } catch (error) {
    await fs.rm(temporary, { force: true });
    throw error;
  }
}

async function present(fs: FileSystem, path: string): Promise<Stats | undefined> {
  try {
    return await fs.stat(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** `ENOSPC: no space left on device, write` without the call and the path at its end. */
function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message.replace(/, \w+( '.*)?$/s, '') : String(cause);
}

async function loadFileSystem(): Promise<FileSystem> {
  try {
    return await import('node:fs/promises');
  } catch (cause) {
    throw new UnavailableError('Files need Node. In a browser, pass the bytes themselves.', [], { cause });
  }
}
