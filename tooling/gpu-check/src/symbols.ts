import { existsSync } from 'node:fs';
import { join } from 'node:path';
import koffi from 'koffi';
import { bind } from '../../../packages/backend-gpu/src/driver/bind.ts';
import { libraryFolders } from '../../../packages/backend-gpu/src/driver/places.ts';
import {
  blasSignatures,
  compilerSignatures,
  driverSignatures,
  solverSignatures,
} from '../../../packages/backend-gpu/src/driver/signatures.ts';
import { statusName } from '../../../packages/backend-gpu/src/driver/status.ts';
import { openToolkit } from './open.ts';

/**
 * Binds every function in the real libraries by the real FFI, and calls those that need no device. That needs
 * AGOP_CUDA_LIBRARIES, or libraries in the usual places.
 *
 * @returns lines about what was found
 * @throws {UnavailableError} for what is missing
 */
export function checkSymbols(): string[] {
  const { compiler, blas, solver } = openToolkit();
  const functions = {
    ...bind(compiler.handle, compilerSignatures, compiler.file),
    ...bind(blas.handle, blasSignatures, blas.file),
    ...bind(solver.handle, solverSignatures, solver.file),
  };
  const [major, minor, version] = [new Int32Array(1), new Int32Array(1), new Int32Array(1)];
  demand('nvrtcVersion', functions.nvrtcVersion(major, minor), 0);
  demand('cusolverGetVersion', functions.cusolverGetVersion(version), 0);
  const lines = [
    `${Object.keys(functions).length} functions of NVRTC ${major[0]}.${minor[0]}, cuBLAS and cuSOLVER (${version[0]})`,
  ];
  const driver = libraryFolders(process.env)
    .map((folder) => join(folder, 'libcuda.so.1'))
    .find((file) => existsSync(file));
  if (driver === undefined) return [...lines, 'LEFT OUT, functions of the driver: there is no libcuda.so.1'];
  const own = bind(koffi.load(driver), driverSignatures, driver);
  const number = new Int32Array(1);
  demand('cuDriverGetVersion', own.cuDriverGetVersion(number), 0);
  const status = own.cuInit(0);
  const state = status === 0 ? 'it starts' : `without a device it says ${statusName('driver', status)}`;
  return [...lines, `${Object.keys(own).length} functions of the driver for CUDA ${number[0]}; ${state}`];
}

function demand(name: string, status: number, expected: number): void {
  if (status !== expected) throw new Error(`${name} gives ${status}, not ${expected}.`);
}
