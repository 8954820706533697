export { type CpuBackendOptions, createCpuBackend } from './create.ts';
