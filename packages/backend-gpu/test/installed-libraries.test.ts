import { AgopError } from '@agop/core';
import { ntk } from '@agop/rfm';
import koffi from 'koffi';
import { describe, expect, test } from 'vitest';
import { Native } from '../src/device/native.ts';
import { bind } from '../src/driver/bind.ts';
import type { CudaLibraries } from '../src/driver/libraries.ts';
import { loadToolkit } from '../src/driver/load.ts';
import { libraryPlaces } from '../src/driver/places.ts';
import { blasSignatures, compilerSignatures, solverSignatures } from '../src/driver/signatures.ts';
import { generateKernel } from '../src/expression/cuda-expression.ts';
import { KernelCompiler } from '../src/kernels/compiler.ts';
import { imageCache } from '../src/kernels/image-cache.ts';
import { generatedSources, packageSources } from './sources.ts';

// NVIDIA's own libraries, where they are installed: they can be loaded, and NVRTC compiles, without a device.

type Installed =
  | { readonly toolkit: ReturnType<typeof loadToolkit>; readonly missing?: undefined }
  | { readonly toolkit?: undefined; readonly missing: string };

function installed(): Installed {
  try {
    return { toolkit: loadToolkit(koffi, libraryPlaces(process.env), 13_000) };
  } catch (error) {
    if (!AgopError.isInstance(error)) throw error;
    return { missing: error.message.split('.', 1)[0] ?? '' };
  }
}

const { toolkit, missing } = installed();

if (missing) test.skip(`LEFT OUT, checks with the installed CUDA libraries: ${missing}`);

describe.skipIf(missing)('NVRTC', () => {
  function compilerFor(computeCapability: string): KernelCompiler {
    const none = { driver: {}, blas: {}, solver: {} };
    if (!toolkit) throw new Error(missing);
    const compiler = bind(toolkit.compiler.handle, compilerSignatures, toolkit.compiler.file);
    const libraries = { ...none, compiler } as Partial<CudaLibraries> as CudaLibraries;
    return new KernelCompiler(new Native(libraries, 'cuda'), computeCapability, imageCache(undefined));
  }

  test('compiles every kernel source and the generated expressions to machine code', {
    timeout: 120_000,
  }, () => {
    const compiler = compilerFor('9.0');
    for (const { source } of [...packageSources(), ...generatedSources()]) {
      const image = compiler.compile(source);
      expect([...image.subarray(0, 4)]).toEqual([0x7f, 0x45, 0x4c, 0x46]); // ELF
    }
  });

  test('makes little of long expressions: an NTK of depth 20', { timeout: 60_000 }, () => {
    const { value } = ntk({ depth: 20 });
    const kinds = { u: 'full', p: 'column', q: 'row' } as const;
    const { source } = generateKernel(value, kinds, 'float64', 'grid');
    // 24 kB; with every function inline, four times, it is 20 times as much and takes 10 s.
    expect(compilerFor('9.0').compile(source).length).toBeLessThan(60_000);
  });

  test('compiles to PTX for a device that it does not know', () => {
    const [first] = packageSources();
    const text = new TextDecoder().decode(compilerFor('99.9').compile(first?.source ?? ''));
    expect(text).toContain('.visible .entry fill');
    expect(text.endsWith('\0')).toBe(true);
  });

  test('says what is wrong with a source', () => {
    expect(() => compilerFor('9.0').compile('extern "C" __global__ void f() { return missing; }')).toThrow(
      /NVRTC_ERROR_COMPILATION.*missing/s,
    );
  });

  test('refuses a device that is too old', () => {
    expect(() => compilerFor('1.0')).toThrow(/does not compile for devices of compute capability 1\.0/);
  });
});

test.skipIf(missing)('cuBLAS and cuSOLVER have every function that is called', () => {
  if (!toolkit) throw new Error(missing);
  const blas = bind(toolkit.blas.handle, blasSignatures, toolkit.blas.file);
  const solver = bind(toolkit.solver.handle, solverSignatures, toolkit.solver.file);
  expect(Object.keys(blas)).toEqual(Object.keys(blasSignatures));
  const version = new Int32Array(1);
  expect(solver.cusolverGetVersion(version)).toBe(0);
  expect(version[0]).toBeGreaterThan(11_000);
});
