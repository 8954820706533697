/** The engine 'tfjs-node-gpu': needs `@tensorflow/tfjs-node-gpu`, and runs in Node only. */
export { createTfjsNodeGpuBackend, type TfjsNodeGpuOptions } from './node-gpu/create.ts';
