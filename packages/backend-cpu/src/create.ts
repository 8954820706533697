import { type Backend, notInstalled, OptionError } from '@agop/core';
import { createBackend } from '@agop/core/engine';
import { checkGiven } from '@agop/core/options';
import { describeDevice } from './wasm/device.ts';
import { wasmEngine } from './wasm/engine.ts';
import { startRuntime } from './wasm/runtime.ts';

/** Options of {@link createCpuBackend}. */
export interface CpuBackendOptions {
  /**
   * What computes: our WebAssembly kernels, or TensorFlow.js with its own ('tfjs-wasm': float32 only; of the
   * options below it knows `threads`; install `@agop/backend-tfjs`, whose `createTfjsWasmBackend` has more
   * options). Default 'wasm'.
   */
  readonly engine?: 'wasm' | 'tfjs-wasm';
  /**
   * Threads that compute, the calling one included, 1 to 64. Default: the available cores. Without shared
   * memory it is 1.
   */
  readonly threads?: number;
  /** Bytes that the memory may grow to, at most 4 GiB. Default: 4 GiB. */
  readonly maximumBytes?: number;
  /**
   * The best instruction set to use: fused multiply-add where there is ('relaxed'), or never ('baseline').
   * Default 'relaxed'.
   */
  readonly simd?: 'relaxed' | 'baseline';
  /**
   * Ask V8 to fuse pairs of 128-bit operations into 256-bit ones: about twice the speed. It sets the
   * experimental flag `--experimental-wasm-revectorize` of the whole process, so it is off unless asked for.
   * Without effect in browsers and before Node 24; not needed when Node was started with that flag. Default
   * false.
   */
  readonly widenSimd?: boolean;
}

/**
 * A backend on the CPU. Its threads live until `dispose()`; a program that forgets that still ends.
 *
 * @throws {OptionError} for an option out of range
 * @throws {UnavailableError} without WebAssembly SIMD, or if the engine 'tfjs-wasm' is asked for and not
 * installed
 */
export async function createCpuBackend(options: CpuBackendOptions = {}): Promise<Backend> {
  checkGiven('createCpuBackend()', options, names);
  const { engine = 'wasm', ...rest } = options;
  if (engine === 'tfjs-wasm') {
    const { createTfjsWasmBackend } = await loadTfjsEngine();
    const { threads } = rest;
    return createTfjsWasmBackend(threads === undefined ? {} : { threads });
  }
  if (engine !== 'wasm')
    throw new OptionError('engine', `There is no engine '${engine}'; use 'wasm' or 'tfjs-wasm'.`);
  const runtime = await startRuntime(rest);
  return createBackend(wasmEngine(runtime, describeDevice(runtime)));
}

const names: Readonly<Record<keyof CpuBackendOptions, true>> = {
  engine: true,
  threads: true,
  maximumBytes: true,
  simd: true,
  widenSimd: true,
};

async function loadTfjsEngine(): Promise<typeof import('@agop/backend-tfjs/wasm')> {
  try {
    return await import('@agop/backend-tfjs/wasm');
  } catch (cause) {
    throw notInstalled(
      '@agop/backend-tfjs',
      "The engine 'tfjs-wasm' needs TensorFlow.js. Install it: " +
        'npm install @agop/backend-tfjs @tensorflow/tfjs-core @tensorflow/tfjs-backend-wasm',
      cause,
    );
  }
}
