import { existsSync } from 'node:fs';
import type { NativeBlas } from '../../src/native/blas.ts';
import { loadBlas } from '../../src/native/load.ts';

/** Libraries that tests run on where they are installed; the names of Debian's packages say how. */
const candidates: readonly { readonly name: string; readonly files: readonly string[] }[] = [
  {
    name: 'Accelerate',
    files: ['/System/Library/Frameworks/Accelerate.framework/Accelerate'],
  },
  { name: 'OpenBLAS (libopenblas0-pthread)', files: ['libopenblas.so.0'] },
  {
    name: 'OpenBLAS with 64-bit integers (libopenblas64-0-pthread)',
    files: ['libopenblas64.so.0', 'libopenblas64_.so.0'],
  },
  { name: 'BLIS (libblis4-pthread)', files: ['libblis.so.4'] },
  {
    name: 'reference BLAS (libblas3)',
    files: ['/usr/lib/x86_64-linux-gnu/blas/libblas.so.3', '/usr/lib/aarch64-linux-gnu/blas/libblas.so.3'],
  },
  {
    name: 'reference LAPACK (liblapack3)',
    files: [
      '/usr/lib/x86_64-linux-gnu/lapack/liblapack.so.3',
      '/usr/lib/aarch64-linux-gnu/lapack/liblapack.so.3',
    ],
  },
  { name: 'MKL', files: ['libmkl_rt.so.3', 'libmkl_rt.so.2', 'mkl_rt.2.dll'] },
];

/** Each library that tests know, or why it is left out. */
export function installedLibraries(): { readonly name: string; readonly blas: NativeBlas | undefined }[] {
  return candidates.map(({ name, files }) => ({ name, blas: firstOf(files) }));
}

function firstOf(files: readonly string[]): NativeBlas | undefined {
  for (const file of files) {
    if (file.startsWith('/usr/') && !existsSync(file)) continue;
    try {
      return loadBlas(file);
    } catch {
      // Not installed.
    }
  }
  return undefined;
}
