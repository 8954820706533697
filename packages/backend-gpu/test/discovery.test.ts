import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AgopError, UnavailableError } from '@agop/core';
import koffi from 'koffi';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadLibraries, loadToolkit, versionText } from '../src/driver/load.ts';
import { libraryFolders } from '../src/driver/places.ts';
import { createGpuBackend } from '../src/index.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'agop-places-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function make(...parts: string[]): string {
  const folder = join(root, ...parts);
  mkdirSync(folder, { recursive: true });
  return folder;
}

const inRoot = (folders: readonly string[]): string[] => folders.filter((folder) => folder.startsWith(root));

describe('places of libraries', () => {
  it('folders that were named come first, in their order', () => {
    const [named, path] = [make('named'), make('path')];
    const environment = { AGOP_CUDA_LIBRARIES: `${named}:${join(root, 'none')}`, LD_LIBRARY_PATH: path };
    expect(libraryFolders(environment, root).slice(0, 2)).toEqual([named, path]);
  });

  it('toolkits, also those that CUDA_HOME names', () => {
    const lib = make('toolkit', 'lib64');
    expect(inRoot(libraryFolders({ CUDA_HOME: join(root, 'toolkit') }, root))).toEqual([lib]);
  });

  it('wheels of CUDA 12 and 13, in virtual environments, beside python3 on PATH, and in the home folder', () => {
    const wheel13 = make('venv', 'lib', 'python3.12', 'site-packages', 'nvidia', 'cu13', 'lib');
    expect(inRoot(libraryFolders({ VIRTUAL_ENV: join(root, 'venv') }, root))).toEqual([wheel13]);

    writeFileSync(join(make('venv', 'bin'), 'python3'), '');
    expect(inRoot(libraryFolders({ PATH: join(root, 'venv', 'bin') }, root))).toEqual([wheel13]);

    const wheel12 = make('home', '.local', 'lib', 'python3.11', 'site-packages', 'nvidia', 'cublas', 'lib');
    expect(inRoot(libraryFolders({}, join(root, 'home')))).toEqual([wheel12]);
  });

  it('conda environments', () => {
    const lib = make('conda', 'lib');
    expect(inRoot(libraryFolders({ CONDA_PREFIX: join(root, 'conda') }, root))).toEqual([lib]);
  });
});

describe('what is missing is said', () => {
  it('libraries, with all that was tried and what to install', () => {
    const broken = make('broken');
    writeFileSync(join(broken, 'libcublas.so.13'), 'not a library');
    const attempt = (): unknown => loadToolkit(koffi, [broken, make('empty')], 13_000);
    expect(attempt).toThrow(UnavailableError);
    expect(attempt).toThrow(/CUDA 13 or CUDA 12.*nvidia-cublas.*AGOP_CUDA_LIBRARIES/s);
    expect(attempt).toThrow(join(broken, 'libcublas.so.13'));
    expect(attempt).toThrow(/libcusolver\.so\.11/);
  });

  it('a driver that is too old, and releases that are too new for it', () => {
    expect(() => loadToolkit(koffi, [], 11_080)).toThrow(/for CUDA 11\.8\. Update the driver/);
    expect(() => loadToolkit(koffi, [], 12_040)).toThrow(/libraries of CUDA 12 are/);
    expect(versionText(12_080)).toBe('12.8');
  });

  it('the driver', async () => {
    writeFileSync(join(make('stub'), 'libcuda.so.1'), 'not a library');
    let error: unknown;
    try {
      await loadLibraries({ AGOP_CUDA_LIBRARIES: join(root, 'stub') });
    } catch (caught) {
      error = caught;
    }
    // On a machine with a GPU the loader goes on to the real driver.
    if (error === undefined) return;
    expect(AgopError.isInstance(error)).toBe(true);
    expect(String(error)).toMatch(/driver/);
  });
});

describe('createGpuBackend()', () => {
  it('refuses an engine that it does not know', async () => {
    const unknown = { engine: 'opencl' } as Record<string, string> as { engine: 'cuda' };
    await expect(createGpuBackend(unknown)).rejects.toMatchObject({ code: 'OPTION', option: 'engine' });
  });

  it('says what the engine on TensorFlow.js needs', async () => {
    const creation = createGpuBackend({ engine: 'tfjs-node-gpu' });
    await expect(creation).rejects.toThrow(UnavailableError);
    await expect(creation).rejects.toThrow(/npm (install|rebuild) @tensorflow\/tfjs-node-gpu/);
  });

  it('gives one error for all engines, or a backend', async () => {
    try {
      using backend = await createGpuBackend();
      expect(['cuda', 'tfjs-node-gpu']).toContain(backend.name);
    } catch (error) {
      expect(error).toBeInstanceOf(UnavailableError);
      const { attempts, message } = error as UnavailableError;
      expect(attempts.map(({ what }) => what)).toEqual(["engine 'cuda'", "engine 'tfjs-node-gpu'"]);
      expect(message).toMatch(/npm install .*tfjs-node-gpu/);
    }
  });
});
