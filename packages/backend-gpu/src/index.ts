export { createGpuBackend, type GpuBackendOptions } from './create.ts';
export type { CudaBackendOptions } from './cuda/create.ts';
export { type DeviceMemory, deviceMemory, deviceTime } from './measure.ts';
export { createGpuPool, type GpuPoolOptions } from './several-devices.ts';
