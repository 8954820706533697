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
  /**
   * Whether large products and decompositions are handed to the machine's own BLAS, in Node and with the
   * package `koffi` installed: 'none'; 'auto', which looks for Accelerate, OpenBLAS, BLIS or MKL in the usual
   * places and takes it where it is clearly faster than WebAssembly; or the path or name of a library.
   *
   * Results then depend on the library, its version, its kernels for this processor, and the number of
   * threads, within roundoff. Default 'none', with the same bits everywhere.
   */
  readonly blas?: string;
}

/**
 * A backend on the CPU. Its threads live until `dispose()`; a program that forgets that still ends.
 *
 * @throws {OptionError} for an option out of range
 * @throws {UnavailableError} without WebAssembly SIMD, if the engine 'tfjs-wasm' is asked for and not
 * installed, or if the library that `blas` names does not load
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
  const { blas = 'none', ...wasm } = rest;
  const runtime = await startRuntime(wasm);
  if (blas === 'none') return createBackend(wasmEngine(runtime, describeDevice(runtime)));
  try {
    // Apart from what a page loads.
    const { engineWithBlas } = await import('./native/open.ts');
    return createBackend(await engineWithBlas(runtime, blas));
  } catch (error) {
    runtime.close();
    throw error;
  }
}

const names: Readonly<Record<keyof CpuBackendOptions, true>> = {
  engine: true,
  threads: true,
  maximumBytes: true,
  simd: true,
  widenSimd: true,
  blas: true,
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
