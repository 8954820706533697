export { createWebGpuBackend, type WebGpuBackendOptions } from './create.ts';
export type { Counters } from './device/counters.ts';
export type { GpuProvider } from './device/open.ts';
export { deviceCounters, deviceTime } from './measure.ts';
