import { join } from 'node:path';
import type { ContenderProgram } from './contender.ts';

const here = import.meta.dirname;
const python = process.env['AGOP_PYTHON'] ?? 'python3';
/** Takes every choice of OpenBLAS kernels away, so that it uses the best of the machine. */
const free = { OPENBLAS_CORETYPE: undefined };
/** Holds OpenBLAS to AVX2. */
const avx2 = { OPENBLAS_CORETYPE: 'Haswell' };

function own(name: string, threads: number, flags: readonly string[]): ContenderProgram {
  const program = [...flags, '-C', '@agop/source', join(here, 'agop.ts'), '--threads', `${threads}`];
  return { name, command: process.execPath, args: program };
}

/** 256-bit operations by V8's fusion. */
export const agop = (threads: number): ContenderProgram =>
  own('agop', threads, ['--experimental-wasm-revectorize']);

/** 128-bit operations, what a browser has. */
export const agop128 = (threads: number): ContenderProgram => own('agop-128', threads, []);

/** Large products by OpenBLAS, in the same engine. */
export const agopBlas = (threads: number): ContenderProgram => {
  const { args, ...program } = agop(threads);
  const library = process.env['AGOP_OPENBLAS'] ?? 'libopenblas.so.0';
  return { ...program, name: 'agop-blas', args: [...args, '--blas', library], env: free };
};

/** All others, by name. */
export function peers(threads: number): readonly ContenderProgram[] {
  const blas = ['-C', '@agop/source', join(here, 'openblas.ts'), '--threads', `${threads}`];
  const peer = [join(here, '../../peers/peer.py'), `${threads}`];
  return [
    { name: 'openblas', command: process.execPath, args: blas, env: free },
    { name: 'openblas-avx2', command: process.execPath, args: blas, env: avx2 },
    { name: 'python', command: python, args: peer, env: free },
    { name: 'python-avx2', command: python, args: peer, env: avx2 },
    { name: 'scikit-learn', command: python, args: [...peer, 'scikit-learn'], env: free },
  ];
}
