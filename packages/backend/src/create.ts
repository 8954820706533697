import type { CpuBackendOptions } from '@agop/backend-cpu';
import type { GpuBackendOptions } from '@agop/backend-gpu';
import type { WebGpuBackendOptions } from '@agop/backend-webgpu';
import type { Backend } from '@agop/core';
import { checkGiven } from '@agop/core/options';
import { type Choice, isByName, makeOn, onHardware } from './make-on.ts';

/** Options of {@link createBackend}. */
export interface BackendOptions extends Choice {
  /** Options of the CUDA backend, where that is made. */
  readonly gpu?: GpuBackendOptions;
  /** Options of the WebGPU backend, where that is made. */
  readonly webgpu?: WebGpuBackendOptions;
  /** Options of the CPU backend, where that is made. */
  readonly cpu?: CpuBackendOptions;
}

/** Names of {@link BackendOptions}. */
export const optionNames = {
  on: true,
  dtype: true,
  onFallback: true,
  gpu: true,
  webgpu: true,
  cpu: true,
} as const satisfies Record<keyof BackendOptions, true>;

/**
 * A backend for a program that runs in Node. CUDA, WebGPU (where the package `webgpu` is installed and
 * there is a GPU, not software) and the CPU are tried in this order. Only what is used is loaded. A GPU
 * that is there and fails is an error, not a reason to compute elsewhere.
 *
 * WebGPU computes in float32 only: say `dtype: 'float64'` where that is not enough.
 *
 * @throws {OptionError} for an unknown choice, or options out of range
 * @throws {UnavailableError} if what is asked for is not there
 *
 * @example using backend = await createBackend({ onFallback: ({ message }) => console.error(message) });
 */
export async function createBackend(options: BackendOptions = {}): Promise<Backend> {
  checkGiven('createBackend()', options, optionNames);
  const { gpu, cpu } = options;
  return makeOn(options, {
    cuda: async () => (await import('@agop/backend-gpu')).createGpuBackend(gpu),
    webgpu: () => createOnWebGpu(options),
    cpu: async () => (await import('@agop/backend-cpu')).createCpuBackend(cpu),
  });
}

/** @throws {UnavailableError} without an adapter, or with one in software that nobody has asked for */
export async function createOnWebGpu(options: Choice & Pick<BackendOptions, 'webgpu'>): Promise<Backend> {
  const backend = await (await import('@agop/backend-webgpu')).createWebGpuBackend(options.webgpu);
  return isByName(options) ? backend : onHardware(backend);
}
