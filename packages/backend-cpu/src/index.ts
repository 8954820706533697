export { type CpuBackendOptions, createCpuBackend } from './create.ts';
export { createTfjsWasmBackend, type TfjsWasmOptions } from './tfjs-wasm/create.ts';
