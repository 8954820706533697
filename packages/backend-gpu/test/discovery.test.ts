import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AgopError, UnavailableError } from '@agop/core';
import koffi from 'koffi';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bind } from '../src/driver/bind.ts';
import { loadLibraries, loadToolkit, versionText } from '../src/driver/load.ts';
import { askPython, driverFolders, libraryFolders, libraryPlaces } from '../src/driver/places.ts';
import { createGpuBackend } from '../src/index.ts';
import { findTool } from './tools.ts';

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

  it('wheels of an environment that a link on PATH leads to', () => {
    const wheel = make('environment', 'lib', 'python3.12', 'site-packages', 'nvidia', 'cu13', 'lib');
    writeFileSync(join(make('environment', 'bin'), 'python3'), '');
    const links = make('links', 'bin');
    symlinkSync(join(root, 'environment', 'bin', 'python3'), join(links, 'python3'));
    expect(inRoot(libraryFolders({ PATH: links }, root))).toEqual([wheel]);
  });

  it('what a wrapper of python3 says, where nothing else helps', () => {
    const [wheel, wrappers] = [make('somewhere', 'nvidia', 'cublas', 'lib'), make('wrappers')];
    writeFileSync(join(wrappers, 'python3'), `#!/bin/sh\necho ${wheel}:${join(root, 'gone')}\n`);
    chmodSync(join(wrappers, 'python3'), 0o755);
    const environment = { PATH: `${wrappers}:${process.env['PATH']}` };
    expect(inRoot(libraryFolders(environment, root))).toEqual([]);
    expect(askPython(environment).flatMap(({ folders }) => folders)).toEqual([wheel]);
    expect(askPython({ PATH: make('empty') })).toEqual([]);
  });

  it('of each release together: the libraries of a toolkit, those of one Python', () => {
    const [lib, first, second] = [
      make('toolkit', 'lib64'),
      make('venv', 'lib', 'python3.12', 'site-packages', 'nvidia', 'cublas', 'lib'),
      make('venv', 'lib', 'python3.12', 'site-packages', 'nvidia', 'cusolver', 'lib'),
    ];
    const places = libraryPlaces({ CUDA_HOME: join(root, 'toolkit'), VIRTUAL_ENV: join(root, 'venv') }, root);
    const own = places.filter(({ folders }) => inRoot(folders).length > 0);
    expect(own.map(({ folders }) => folders)).toEqual([[lib], [first, second]]);
  });

  it('tools of a toolkit: on PATH, else in its folder', () => {
    const bin = make('toolkit', 'bin');
    for (const tool of ['nvcc', 'ptxas']) writeFileSync(join(bin, tool), '');
    expect(findTool('nvcc', { CUDA_HOME: join(root, 'toolkit') })).toBe(join(bin, 'nvcc'));
    expect(findTool('ptxas', { PATH: bin })).toBe(join(bin, 'ptxas'));
    // An nvcc on PATH leads to the rest of its toolkit.
    const links = make('links');
    symlinkSync(join(bin, 'nvcc'), join(links, 'nvcc'));
    expect(findTool('ptxas', { PATH: links })).toBe(join(bin, 'ptxas'));
    expect(findTool('no-such-tool', { PATH: bin })).toBeUndefined();
  });

  it('drivers of containers and of WSL', () => {
    expect(driverFolders).toEqual(['/usr/local/nvidia/lib64', '/usr/lib/wsl/lib']);
  });

  it('conda environments', () => {
    const lib = make('conda', 'lib');
    expect(inRoot(libraryFolders({ CONDA_PREFIX: join(root, 'conda') }, root))).toEqual([lib]);
  });
});

const canCompile = spawnSync('g++', ['--version']).status === 0;

describe.skipIf(!canCompile)('libraries of different minor versions (needs g++)', () => {
  /** Libraries of CUDA 12 of one minor version, of which cuSOLVER needs just that nvJitLink. */
  function makeRelease(name: string, minor: number, only?: string): string {
    const folder = make(name);
    const complete = `complete_12_${minor}`;
    const sources = {
      'libnvJitLink.so.12': `int ${complete}() { return 0; }`,
      'libnvrtc.so.12': '',
      'libcublas.so.12': '',
      'libcusolver.so.11': `int ${complete}(); int minorVersion() { return ${minor} + ${complete}(); }`,
    };
    for (const [library, source] of Object.entries(sources)) {
      if (only !== undefined && library !== only) continue;
      const file = join(folder, `${library}.c`);
      writeFileSync(file, source);
      const needed = library.startsWith('libcusolver') ? ['-x', 'none', 'libnvJitLink.so.12'] : [];
      const options = ['-w', '-shared', '-fPIC', `-Wl,-soname,${library}`, '-o', library];
      execFileSync('g++', [...options, '-x', 'c', file, ...needed], { cwd: folder, stdio: 'pipe' });
    }
    return folder;
  }

  function load(places: { others?: string[]; named?: string[]; python?: string[] }): unknown {
    const { others = [], named = [], python = [] } = places;
    const program = join(import.meta.dirname, 'load-toolkit.ts');
    const args = ['-C', '@agop/source', program, others.join(), named.join(), python.join()];
    return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
  }

  it('are taken from one place, although an older library lies in an earlier one', () => {
    const early = makeRelease('early', 2, 'libnvJitLink.so.12');
    const whole = makeRelease('whole', 4);
    const expected = { minor: 4, file: join(whole, 'libcusolver.so.11') };
    expect(load({ others: [early, whole] })).toEqual(expected);
  });

  it('a place that cannot be loaded is left for the next one, without a trace, and why is said', () => {
    makeRelease('broken', 5);
    const broken = makeRelease('broken', 1, 'libnvJitLink.so.12');
    const whole = makeRelease('whole', 6);
    expect(load({ others: [broken, whole] })).toMatchObject({ minor: 6 });
    expect(load({ others: [broken] })).toMatchObject({
      error: expect.stringMatching(/libcusolver\.so\.11.*undefined symbol: complete_12_5/),
    });
  });

  it('are mixed where no place has all', () => {
    const [first, second] = [make('first'), makeRelease('second', 3)];
    renameSync(join(second, 'libcublas.so.12'), join(first, 'libcublas.so.12'));
    expect(load({ others: [first, second] })).toMatchObject({ minor: 3 });
  });

  it('functions are found under the names of other versions; what has none is named', () => {
    const [folder, name] = [make('functions'), 'libfunctions.so'];
    writeFileSync(join(folder, 'functions.c'), 'int cuEventElapsedTime_v2(void* out) { return 7; }');
    execFileSync('g++', ['-shared', '-fPIC', '-x', 'c', 'functions.c', '-o', name], { cwd: folder });
    const file = join(folder, name);
    const library = koffi.load(file);
    const { cuEventElapsedTime } = bind(library, { cuEventElapsedTime: ['address'] }, file);
    expect(cuEventElapsedTime(0)).toBe(7);
    const attempt = () => bind(library, { cuEventRecord: ['address'] }, file);
    expect(attempt).toThrow(UnavailableError);
    expect(attempt).toThrow(/cuEventRecord.*libfunctions\.so/s);
  });

  it('that the user named come before others; those that Python names come last', () => {
    const [mine, other] = [makeRelease('mine', 7), makeRelease('other', 8)];
    expect(load({ others: [other], named: [mine] })).toMatchObject({ minor: 7 });
    expect(load({ others: [make('none')], python: [mine] })).toMatchObject({ minor: 7 });
  });
});

describe('what is missing is said', () => {
  it('libraries, with all that was tried and what to install', () => {
    const broken = make('broken');
    writeFileSync(join(broken, 'libcublas.so.13'), 'not a library');
    const place = { title: 'broken', folders: [broken, make('empty')], isNamed: false };
    const attempt = (): unknown => loadToolkit(koffi, [place], 13_000);
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

  it('refuses an option that it does not know, with the nearest name', async () => {
    const misspelt = { devise: 1 } as Record<string, number> as { device: number };
    await expect(createGpuBackend(misspelt)).rejects.toThrow(/devise.*device/s);
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
