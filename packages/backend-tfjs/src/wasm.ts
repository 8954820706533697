/** The engine 'tfjs-wasm': needs `@tensorflow/tfjs-core` and `@tensorflow/tfjs-backend-wasm`. */
export { createTfjsWasmBackend, type TfjsWasmOptions } from './wasm/create.ts';
export type { TfjsWasm } from './wasm/library.ts';
