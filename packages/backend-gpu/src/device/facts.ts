import { type Native, received, receivedInt } from './native.ts';

/** What is known of a device before it is used. */
export interface DeviceFacts {
  /** Position among the devices that the process sees, from 0. */
  readonly ordinal: number;
  /** e.g. `NVIDIA H100 80GB HBM3` */
  readonly name: string;
  /** e.g. `9.0` */
  readonly computeCapability: string;
  readonly memoryBytes: number;
  readonly multiprocessors: number;
  readonly l2CacheBytes: number;
  /** How many times faster float32 is than float64. */
  readonly singleToDoubleRatio: number;
  /** Whether the driver has stream-ordered memory pools for it. */
  readonly hasMemoryPools: boolean;
}

/** Numbers of CUdevice_attribute, of cuda.h. */
export const attributes = {
  multiprocessors: 16,
  l2CacheBytes: 38,
  computeMajor: 75,
  computeMinor: 76,
  singleToDoubleRatio: 87,
  memoryPools: 115,
} as const;

/**
 * The devices that the process sees (CUDA_VISIBLE_DEVICES narrows them). The driver must have been
 * initialised.
 */
export function deviceCount(native: Native): number {
  return receivedInt((out) => native.driver.cuDeviceGetCount(out));
}

export function deviceFacts(native: Native, ordinal: number): DeviceFacts {
  const { driver } = native;
  const device = receivedInt((out) => driver.cuDeviceGet(out, ordinal));
  const name = new Uint8Array(256);
  driver.cuDeviceGetName(name, name.length, device);
  const attribute = (key: keyof typeof attributes): number =>
    receivedInt((out) => driver.cuDeviceGetAttribute(out, attributes[key], device));
  return {
    ordinal,
    name: new TextDecoder().decode(name.subarray(0, Math.max(0, name.indexOf(0)))),
    computeCapability: `${attribute('computeMajor')}.${attribute('computeMinor')}`,
    memoryBytes: received((out) => driver.cuDeviceTotalMem_v2(out, device)),
    multiprocessors: attribute('multiprocessors'),
    l2CacheBytes: attribute('l2CacheBytes'),
    singleToDoubleRatio: attribute('singleToDoubleRatio'),
    hasMemoryPools: attribute('memoryPools') === 1,
  };
}

/** Whether tensor cores take TF32: from Ampere on. */
export function hasTF32({ computeCapability }: DeviceFacts): boolean {
  return Number(computeCapability) >= 8;
}

/**
 * How many times faster float32 products are than float64 ones. Data-center devices from Ampere to Blackwell
 * have tensor cores for float64, at the rate of float32 without them (8.0, 9.0, 10.0; NVIDIA, Hopper
 * whitepaper, table 1).
 */
export function float32Speedup({ computeCapability, singleToDoubleRatio }: DeviceFacts): number {
  const hasDoubleTensorCores = ['8.0', '9.0', '10.0'].includes(computeCapability);
  return hasDoubleTensorCores ? 1 : Math.max(1, singleToDoubleRatio);
}
