import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { includeFolders } from '../../../packages/backend-gpu/test/header-checks.ts';
import { findTool } from '../../../packages/backend-gpu/test/tools.ts';
import { type DebianPart, debianPackages } from './debian.ts';

/** What there is to check against. */
export interface Provided {
  /** Folders of libraries, for AGOP_CUDA_LIBRARIES; none where those of the system are taken. */
  readonly libraries: readonly string[];
  /** Folders of headers, each of one release. */
  readonly headers: readonly string[];
  readonly ptxas: string | undefined;
  readonly cuobjdump: string | undefined;
  /** What cannot be had, and why. */
  readonly missing: readonly string[];
}

export interface ProvideOptions {
  /** Folder of libraries to take; nothing is fetched then. */
  readonly libraries?: string | undefined;
  /** Folders of headers beside those that are found. */
  readonly headers: readonly string[];
  /** Whether packages may be fetched; those that are there are taken anyway. */
  readonly isOnline: boolean;
  readonly folder: string;
}

/** Where fetched packages are kept: $AGOP_CACHE, else the user's cache folder. */
export function packageFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const base =
    environment['AGOP_CACHE'] ?? join(environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'agop');
  return join(base, 'cuda-packages');
}

/**
 * Libraries, headers and tools: those named, those fetched before, those of the system, those to be fetched.
 */
export function provide({ libraries, headers, isOnline, folder }: ProvideOptions): Provided {
  const missing: string[] = [];
  const rootOf = (part: DebianPart): string | undefined => {
    if (!isOnline && !existsSync(join(folder, part))) {
      missing.push(`${part} of CUDA 12.4: not fetched yet, and --offline`);
      return undefined;
    }
    const made = debianPackages(folder, part);
    if ('root' in made) return made.root;
    missing.push(`${part} of CUDA 12.4: ${made.missing}`);
    return undefined;
  };
  const libraryRoot = libraries === undefined ? rootOf('libraries') : undefined;
  const found =
    libraryRoot && join(libraryRoot, 'usr/lib', onlyEntry(join(libraryRoot, 'usr/lib'), /-linux-gnu$/));
  const toolRoot = rootOf('tools');
  const headerRoot = rootOf('headers');
  const tool = (name: string): string | undefined => {
    const fetched = toolRoot && join(toolRoot, 'usr/bin', name);
    return findTool(name) ?? (fetched && existsSync(fetched) ? fetched : undefined);
  };
  const fetchedHeaders = headerRoot ? [join(headerRoot, 'usr/include')] : [];
  return {
    // Debian's driver is in a folder of its own.
    libraries: libraries === undefined ? (found ? [found, join(found, 'nvidia/current')] : []) : [libraries],
    headers: [
      ...new Set([...headers, ...fetchedHeaders, ...includeFolders()].map((path) => realpathSync(path))),
    ],
    ptxas: tool('ptxas'),
    cuobjdump: tool('cuobjdump'),
    missing,
  };
}

function onlyEntry(folder: string, pattern: RegExp): string {
  return readdirSync(folder).find((name) => pattern.test(name)) ?? '.';
}
