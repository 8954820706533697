import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { installedLibraries } from './libraries.ts';

const openBlas = installedLibraries().find(({ name }) => name.startsWith('OpenBLAS (')) ?? {
  blas: undefined,
};
const groups = ['matmul', 'gram', 'cholesky', 'solveTriangular'];

/** Kernels for vectors of 128 and 256 bits; conformance has those that the library chooses by itself. */
const coreTypes = process.arch === 'x64' ? ['Nehalem', 'Haswell'] : ['ARMV8', 'NEOVERSEN1'];

if (openBlas.blas) {
  const { file } = openBlas.blas;
  test.each(coreTypes)('OpenBLAS conforms with its kernels for %s', async (coreType) => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--conditions=@agop/source', join(import.meta.dirname, 'core-type.ts'), file, ...groups],
      { env: { ...process.env, OPENBLAS_CORETYPE: coreType }, timeout: 60_000 },
    );
    const { title, passed, failures } = JSON.parse(stdout);
    expect(failures).toEqual([]);
    expect(passed).toBeGreaterThan(40);
    // A processor without such vectors has others, and a library for one kind of processor has only these.
    expect(title).toMatch(/^OpenBLAS .*\(\w+\)$/);
  });
} else test.skip('LEFT OUT, kernels of OpenBLAS: it is not installed');
