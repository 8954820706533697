import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** CUDA's libraries on the CPU, or why they cannot be built. */
export type Emulator =
  | { readonly folder: string; readonly missing?: undefined }
  | { readonly folder?: undefined; readonly missing: string };

const libraries = {
  'libcuda.so.1': 'driver.cpp',
  'libcublas.so.13': 'blas.cpp',
  'libcusolver.so.12': 'solver.cpp',
  'libnvrtc.so.13': 'compiler.cpp',
} as const;

const here = import.meta.dirname;
const cache = join(here, '../../node_modules/.cache/agop-emulator');

/** Builds the emulator with g++, once for each state of its sources. */
export function buildEmulator(): Emulator {
  if (process.platform !== 'linux') return { missing: 'it is built for Linux only' };
  if (spawnSync('g++', ['--version']).status !== 0) return { missing: 'g++ is not on PATH' };
  const files = [...Object.values(libraries), 'device.h'];
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(join(here, file)));
  const folder = join(cache, hash.digest('hex').slice(0, 16));
  if (existsSync(folder)) return { folder };
  const temporary = `${folder}.${process.pid}`;
  mkdirSync(temporary, { recursive: true });
  try {
    for (const [library, source] of Object.entries(libraries)) {
      const header = `-DDEVICE_HEADER="${join(here, 'device.h')}"`;
      const options = ['-std=c++17', '-O3', '-ffp-contract=off', '-fPIC', '-shared', header];
      execFileSync('g++', [...options, '-o', join(temporary, library), join(here, source)], {
        stdio: 'pipe',
      });
    }
    renameSync(temporary, folder);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    // Another process may have been faster.
    if (!existsSync(folder)) throw error;
  }
  return { folder };
}
