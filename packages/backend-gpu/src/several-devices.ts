import { type Backend, BackendPool, OptionError } from '@agop/core';
import { checkGiven } from '@agop/core/options';
import { createGpuBackend, type GpuBackendOptions, gpuBackendNames } from './create.ts';

/** Options of {@link createGpuPool}. */
export interface GpuPoolOptions extends Omit<GpuBackendOptions, 'device'> {
  /** Which devices, as in {@link GpuBackendOptions.device}; each once. Default all that the process sees. */
  readonly devices?: readonly number[];
}

/**
 * A backend for each of several GPUs, which share pieces of work: leaves of a tree, trials of a search.
 *
 * @throws {UnavailableError} if no engine works
 * @throws {OptionError} for devices that are not there, and other options out of range
 */
export async function createGpuPool(options: GpuPoolOptions = {}): Promise<BackendPool> {
  const { device: _, ...names } = gpuBackendNames;
  checkGiven('createGpuPool()', options, { ...names, devices: true });
  const { devices, ...rest } = options;
  if (devices && (devices.length === 0 || new Set(devices).size < devices.length)) {
    throw new OptionError(
      'devices',
      `devices must name one or more devices, each once, but is [${devices}].`,
    );
  }
  const made: Backend[] = [];
  try {
    const first = await createGpuBackend({ ...rest, device: devices?.[0] ?? 0 });
    made.push(first);
    const count = Number(first.device.details['devices'] ?? 1);
    const others = devices ?? Array.from({ length: count }, (_, device) => device);
    for (const device of others.slice(1)) made.push(await createGpuBackend({ ...rest, device }));
    return new BackendPool(made);
  } catch (error) {
    for (const backend of made) backend.dispose();
    throw error;
  }
}
