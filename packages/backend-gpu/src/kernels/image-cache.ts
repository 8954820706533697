import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Compiled kernels on disk, by the hash of all that they depend on. Several programs may share a folder. */
export interface ImageCache {
  read(key: string): Uint8Array | undefined;
  write(key: string, image: Uint8Array): void;
}

const digestBytes = 32;

/**
 * $AGOP_CACHE, else the user's cache folder.
 *
 * @internal
 */
export function defaultCacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const base =
    environment['AGOP_CACHE'] ?? join(environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'agop');
  return join(base, 'cuda');
}

/**
 * A cache in a folder, or none. Files carry a digest of their content: one that is damaged counts as missing.
 * A folder that cannot be written to costs time, nothing else.
 */
export function imageCache(folder: string | undefined): ImageCache {
  if (folder === undefined) return { read: () => undefined, write: () => {} };
  const path = (key: string): string => join(folder, `${digest(key).toString('hex')}.image`);
  return {
    read(key) {
      let content: Uint8Array;
      try {
        content = readFileSync(path(key));
      } catch {
        return undefined;
      }
      const image = content.subarray(digestBytes);
      return digest(image).equals(content.subarray(0, digestBytes)) ? image : undefined;
    },
    write(key, image) {
      const temporary = join(folder, `${randomUUID()}.partial`);
      try {
        mkdirSync(folder, { recursive: true });
        writeFileSync(temporary, Buffer.concat([digest(image), image]));
        renameSync(temporary, path(key));
      } catch {
        removeIfThere(temporary);
      }
    },
  };
}

function removeIfThere(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // Its folder is none.
  }
}

function digest(content: string | Uint8Array): Buffer {
  return createHash('sha256').update(content).digest();
}
