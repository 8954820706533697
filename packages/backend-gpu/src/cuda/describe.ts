import { type Device, formatBytes } from '@agop/core';
import type { DeviceContext } from '../device/context.ts';
import { float32Speedup } from '../device/facts.ts';
import { type Native, receivedInt } from '../device/native.ts';
import { versionText } from '../driver/load.ts';
import { compilerVersion } from '../kernels/compiler.ts';
import type { Precision } from './precision.ts';

/** A device that is in use: its context, and the handle of cuBLAS on it. */
export interface OpenDevice {
  readonly native: Native;
  readonly context: DeviceContext;
  /** cublasHandle_t */
  readonly blas: number;
}

/** What a backend says about the device and the libraries that it runs on. */
export function describeDevice(
  { native, context, blas }: OpenDevice,
  deviceCount: number,
  precision: Precision,
): Device {
  const { facts } = context;
  const driver = versionText(receivedInt((out) => native.driver.cuDriverGetVersion(out)));
  const blasVersion = receivedInt((out) => native.blas.cublasGetVersion_v2(blas, out));
  const solverVersion = receivedInt((out) => native.solver.cusolverGetVersion(out));
  const compiler = compilerVersion(native);
  const { freeBytes } = context.memory();
  const rounding = { float32: '', '3xtf32': ', Cholesky in 3xTF32', tf32: ', float32 products in TF32' }[
    precision
  ];
  return {
    engine: 'cuda',
    description: `${facts.name}, ${formatBytes(facts.memoryBytes)}, CUDA ${compiler} on a driver for ${driver}${rounding}`,
    memory: { space: 'device', limit: facts.memoryBytes, free: freeBytes },
    float32Speedup: precision === '3xtf32' ? Math.max(2, float32Speedup(facts)) : float32Speedup(facts),
    cacheBytes: facts.l2CacheBytes,
    details: {
      device: facts.ordinal,
      devices: deviceCount,
      name: facts.name,
      computeCapability: facts.computeCapability,
      multiprocessors: facts.multiprocessors,
      memoryBytes: facts.memoryBytes,
      freeBytes,
      singleToDoubleRatio: facts.singleToDoubleRatio,
      tf32: precision === 'tf32',
      precision,
      driverVersion: driver,
      nvrtcVersion: compiler,
      cublasVersion: packedVersion(blasVersion),
      cusolverVersion: packedVersion(solverVersion),
      ...Object.fromEntries(
        Object.entries(native.libraries.files).map(([name, file]) => [`${name}File`, file]),
      ),
    },
  };
}

/** cuBLAS packs its version as major 10000, minor 100; cuSOLVER as major 1000, minor 100. */
function packedVersion(version: number): string {
  const unit = version >= 100_000 ? 10_000 : 1000;
  return `${Math.floor(version / unit)}.${Math.floor((version % unit) / 100)}.${version % 100}`;
}
