import { type Backend, formatBytes, OptionError } from '@agop/core';
import { createBackend } from '@agop/core/engine';
import { checkChoice, checkGiven, checkWhole } from '@agop/core/options';
import { type GpuProvider, isDevice, type OpenDevice, openDevice } from './device/open.ts';
import { webGpuEngine } from './engine.ts';
import { Runtime } from './webgpu/runtime.ts';

/** Options of {@link createWebGpuBackend}. */
export interface WebGpuBackendOptions {
  /**
   * Where an adapter is asked for: an object like `navigator.gpu`. Default: `navigator.gpu` where there is
   * one, in Node what `create` of the package `webgpu` makes.
   */
  readonly gpu?: GpuProvider;
  /**
   * A GPUDevice to compute on, with whatever limits it has. It stays the caller's: disposing the backend
   * frees its memory and leaves it open. Default: one of its own.
   */
  readonly device?: object;
  /** Which adapter, where there are several: the fast one or the saving one. Default 'high-performance'. */
  readonly powerPreference?: 'high-performance' | 'low-power';
  /** Most bytes of all tensors together. Default: as many as the device gives. */
  readonly memoryBytes?: number;
  /**
   * Most bytes that a kernel sees of a matrix at once, from 262,144; larger matrices are computed with in
   * blocks of rows. Default: what the device allows.
   */
  readonly bindingBytes?: number;
}

/** Names of {@link WebGpuBackendOptions}. */
const names = {
  gpu: true,
  device: true,
  powerPreference: true,
  memoryBytes: true,
  bindingBytes: true,
} as const satisfies Record<keyof WebGpuBackendOptions, true>;

const runtimes = new WeakMap<Backend, Runtime>();

/**
 * A backend on a GPU by WebGPU: float32, in browsers (also in workers) and in Node.
 *
 * @throws {UnavailableError} without WebGPU or an adapter, saying what is missing
 * @throws {OptionError} for an option out of range
 */
export async function createWebGpuBackend(options: WebGpuBackendOptions = {}): Promise<Backend> {
  const runtime = await openRuntime(options);
  const backend = createBackend(webGpuEngine(runtime));
  runtimes.set(backend, runtime);
  return backend;
}

/** What an engine works with. @throws {UnavailableError} {OptionError} */
export async function openRuntime(options: WebGpuBackendOptions): Promise<Runtime> {
  checkGiven('createWebGpuBackend()', options, names);
  const { gpu, device, powerPreference = 'high-performance', memoryBytes, bindingBytes } = options;
  checkChoice('powerPreference', powerPreference, ['high-performance', 'low-power']);
  if (memoryBytes !== undefined) checkWhole('memoryBytes', memoryBytes, 1);
  if (bindingBytes !== undefined) checkWhole('bindingBytes', bindingBytes, 2 ** 18);
  const open = device === undefined ? await openDevice(gpu, powerPreference) : givenDevice(device);
  const { limits } = open.gpu;
  const allowed = limits.maxStorageBufferBindingSize;
  return new Runtime({
    gpu: open.gpu,
    device: describeDevice(open, memoryBytes),
    bindingBytes: Math.min(bindingBytes ?? allowed, allowed),
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    release: open.release,
  });
}

/** That of a backend that {@link createWebGpuBackend} made. @throws {OptionError} for another backend */
export function runtimeOf(backend: Backend): Runtime {
  const runtime = runtimes.get(backend);
  if (runtime) return runtime;
  throw new OptionError('backend', `The backend must be of engine 'webgpu', but is '${backend.name}'.`);
}

function givenDevice(device: object): OpenDevice {
  if (typeof device !== 'object' || device === null || !isDevice(device)) {
    throw new OptionError('device', { requirement: 'be a GPUDevice', received: device });
  }
  return { gpu: device, info: device.adapterInfo, release() {} };
}

function describeDevice({ gpu, info }: OpenDevice, memoryBytes: number | undefined) {
  const { limits, features } = gpu;
  const name =
    info?.description || [info?.vendor, info?.architecture].filter(Boolean).join(' ') || 'a device';
  const isSoftware = info?.isFallbackAdapter ?? false;
  return {
    engine: 'webgpu',
    description: `WebGPU on ${name}${isSoftware ? ' (software)' : ''}, buffers of up to ${formatBytes(limits.maxBufferSize)}`,
    memory: {
      space: 'device',
      tensorLimit: limits.maxBufferSize,
      ...(memoryBytes === undefined ? {} : { limit: memoryBytes }),
    },
    details: {
      name,
      vendor: info?.vendor ?? '',
      architecture: info?.architecture ?? '',
      software: isSoftware,
      maxBufferSize: limits.maxBufferSize,
      maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
      maxStorageBuffersPerShaderStage: limits.maxStorageBuffersPerShaderStage,
      timestamps: features.has('timestamp-query'),
    },
  } as const;
}
