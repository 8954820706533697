import { notInstalled } from '@agop/core';

/** The module `@tensorflow/tfjs-backend-wasm`; importing it registers the tfjs backend 'wasm'. */
export interface TfjsWasm {
  setWasmPaths(prefixOrFiles: string | Readonly<Record<string, string>>): void;
  setThreadsCount(count: number): void;
  getThreadsCount(): number;
}

/**
 * The program's copy of `@tensorflow/tfjs-backend-wasm`.
 *
 * @throws {UnavailableError} if it is not installed
 */
export async function loadTfjsWasm(): Promise<TfjsWasm> {
  try {
    return await import('@tensorflow/tfjs-backend-wasm');
  } catch (cause) {
    throw notInstalled(
      '@tensorflow/tfjs-backend-wasm',
      "The engine 'tfjs-wasm' needs TensorFlow.js. " +
        'Install it: npm install @tensorflow/tfjs-core @tensorflow/tfjs-backend-wasm',
      cause,
    );
  }
}
