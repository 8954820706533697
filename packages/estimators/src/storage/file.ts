import type { Stats } from 'node:fs';
import { OptionError, StorageError, shownValue } from '@agop/core';
import { clearLeftovers, temporaryName } from './leftovers.ts';
import { nodeModule } from './node-module.ts';

/** A model's file: its path or `file:` URL (Node only), or its bytes. */
export type ModelSource = string | URL | Uint8Array | ArrayBuffer | Blob;

/**
 * Writes a file so that at any time either the old or the new content is there, complete: into a temporary
 * file in the same folder, flushed to the disk, then renamed. Whatever fails, the temporary file is removed
 * and the old content stays; one that a killed process has left is removed by the next save in its folder.
 * The new file has the mode of the old one and, where the system allows it, its owner. Where `path` is a
 * link, the file it leads to is written; devices and pipes are written to directly. Node only.
 *
 * @throws {StorageError} naming the path and the reason, with the system's error as `cause`
 * @throws {UnavailableError} without a file system
 */
export async function writeFileAtomically(path: string, bytes: Uint8Array): Promise<void> {
  const fs = loadFileSystem();
  try {
    const existing = await present(fs, path);
    if (existing && !existing.isFile()) return await fs.writeFile(path, bytes);
    await replace(fs, await destination(fs, path), bytes, existing);
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
export async function readFile(path: string | URL): Promise<Uint8Array> {
  const fs = loadFileSystem();
  try {
    const { buffer, byteOffset, length } = await fs.readFile(path);
    return new Uint8Array(buffer, byteOffset, length);
  } catch (cause) {
    throw new StorageError(`Cannot read ${shownPath(path)}: ${readReason(cause)}.`, { cause });
  }
}

/** Also of what JavaScript hands in as a path. */
function shownPath(path: string | URL): string {
  return path instanceof URL ? `'${path}'` : typeof path === 'string' ? `'${path}'` : shownValue(path);
}

/**
 * The bytes of a source.
 *
 * @throws {OptionError} for anything that is no source
 * @throws {StorageError} as {@link readFile}
 * @throws {UnavailableError} as {@link readFile}
 */
export async function readBytes(source: ModelSource): Promise<Uint8Array> {
  if (typeof source === 'string' || source instanceof URL) return readFile(source);
  if (source instanceof Uint8Array) return source;
  if (ArrayBuffer.isView(source)) {
    const { buffer, byteOffset, byteLength }: ArrayBufferView = source;
    return new Uint8Array(buffer, byteOffset, byteLength);
  }
  if (source instanceof Blob) return new Uint8Array(await source.arrayBuffer());
  if (isBuffer(source)) return new Uint8Array(source);
  throw new OptionError('source', {
    requirement: 'be a path, a file: URL, a Uint8Array, an ArrayBuffer or a Blob',
    received: source,
  });
}

type FileSystem = typeof import('node:fs/promises');

/** Also a buffer of shared memory, or of another realm. */
function isBuffer(value: unknown): value is ArrayBuffer {
  return /^\[object (Shared)?ArrayBuffer\]$/.test(Object.prototype.toString.call(value));
}

/** Where a path leads: through links, also through one whose end is not there yet. */
async function destination(fs: FileSystem, path: string): Promise<string> {
  const { dirname, resolve } = nodeModule('node:path');
  let end = path;
  for (let links = 0; links < 40; links++) {
    const entry = await unlessMissing(fs.lstat(end));
    if (!entry?.isSymbolicLink()) break;
    end = resolve(dirname(end), await fs.readlink(end));
  }
  return end;
}

async function replace(
  fs: FileSystem,
  path: string,
  bytes: Uint8Array,
  existing: Stats | undefined,
): Promise<void> {
  const folder = nodeModule('node:path').dirname(path);
  await clearLeftovers(fs, folder);
  const temporary = nodeModule('node:path').join(folder, temporaryName());
  try {
    const file = await fs.open(temporary, 'wx', existing?.mode ?? 0o666);
    try {
      await file.writeFile(bytes);
      if (existing) {
        // Only a privileged process may give files away; everybody else keeps them.
        await file.chown(existing.uid, existing.gid).catch(() => {});
        // Node's permission model refuses this by the open file, and allows it by the name.
        await file.chmod(existing.mode & 0o7777).catch(() => fs.chmod(temporary, existing.mode & 0o7777));
      }
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

function present(fs: FileSystem, path: string): Promise<Stats | undefined> {
  return unlessMissing(fs.stat(path));
}

/** What is there; undefined where there is nothing. */
async function unlessMissing(found: Promise<Stats>): Promise<Stats | undefined> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** `ENOSPC: no space left on device, write` without the call and the path, or the full stop, at its end. */
function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message.replace(/(, \w+( '.*)?|\.)$/s, '') : String(cause);
}

/** As {@link reason}, in plain words for what happens most. */
function readReason(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOENT') return 'there is no such file';
  return code === 'EISDIR' ? 'it is a folder' : reason(cause);
}

function loadFileSystem(): FileSystem {
  return nodeModule('node:fs/promises');
}
