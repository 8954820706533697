import { type Backend, type Device, UnavailableError } from '@agop/core';
import { checkGiven, checkWhole } from '@agop/core/options';
import { createTfjsBackend } from '../adapter/create.ts';
import { givenTfjs, type Tfjs, type TfjsModule } from '../adapter/library.ts';
import { loadTfjsWasm, type TfjsWasm } from './library.ts';

/** Options of {@link createTfjsWasmBackend}. */
export interface TfjsWasmOptions {
  /**
   * Where the three `.wasm` files of `@tensorflow/tfjs-backend-wasm/dist` are: a folder or URL with its final
   * slash, or a map from file name to place. Node finds them by itself; a browser program must serve them. It
   * counts until TensorFlow.js starts its WebAssembly backend, once per process.
   */
  readonly wasmPaths?: string | Readonly<Record<string, string>>;
  /**
   * Threads to ask for, from 1; `device.details.threads` says how many there are. Default: TensorFlow.js's
   * choice. It counts like `wasmPaths`, and only in cross-origin isolated pages: TensorFlow.js has no threads
   * in Node.
   */
  readonly threads?: number;
  /** `@tensorflow/tfjs-core`. Default: as the program has it installed. */
  readonly tf?: TfjsModule;
  /** `@tensorflow/tfjs-backend-wasm`. Default: as the program has it installed. */
  readonly tfjsWasm?: TfjsWasm;
}

const names: Readonly<Record<keyof TfjsWasmOptions, true>> = {
  wasmPaths: true,
  threads: true,
  tf: true,
  tfjsWasm: true,
};

/** Memory of tfjs's WebAssembly ends at 4 GiB and fails unsafely there: intermediate results get the rest. */
const memoryLimit = 3 * 2 ** 30;

/**
 * The engine 'tfjs-wasm': TensorFlow.js's WebAssembly backend through the adapter, float32. An
 * independent implementation to compare with; the engine 'wasm' of `@agop/backend-cpu` is the fast one.
 *
 * @throws {UnavailableError} if TensorFlow.js is not installed or cannot start
 * @throws {OptionError} for unknown names, threads that are not a whole number from 1, and a `tf` that is not
 *   TensorFlow.js
 */
export async function createTfjsWasmBackend(options: TfjsWasmOptions = {}): Promise<Backend> {
  checkGiven('createTfjsWasmBackend()', options, names);
  const { wasmPaths, threads } = options;
  if (threads !== undefined) checkWhole('threads', threads, 1);
  const tfjsWasm = options.tfjsWasm ?? (await loadTfjsWasm());
  const tf = await givenTfjs(options.tf);
  if (wasmPaths !== undefined) setPaths(tfjsWasm, wasmPaths);
  if (threads !== undefined) tfjsWasm.setThreadsCount(threads);
  return createTfjsBackend({ tf, backendName: 'wasm', memoryLimit, describe: () => describe(tf, tfjsWasm) });
}

/** TensorFlow.js refuses new paths after a failed start, and maps in which a file is missing. */
function setPaths(tfjsWasm: TfjsWasm, wasmPaths: string | Readonly<Record<string, string>>): void {
  try {
    tfjsWasm.setWasmPaths(wasmPaths);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UnavailableError(
      'TensorFlow.js does not take these wasmPaths.',
      [{ what: 'setWasmPaths', reason }],
      { cause },
    );
  }
}

function describe(tf: Tfjs, tfjsWasm: TfjsWasm): Pick<Device, 'description' | 'details'> {
  const simd = tf.env().getBool('WASM_HAS_SIMD_SUPPORT');
  // Without support for threads tfjs still reports how many it was asked for.
  const threads = tf.env().getBool('WASM_HAS_MULTITHREAD_SUPPORT') ? tfjsWasm.getThreadsCount() : 1;
  const counted = threads === 1 ? '1 thread' : `${threads} threads`;
  return {
    description: `TensorFlow.js ${tf.version_core}, WebAssembly, ${counted}, ${simd ? 'SIMD' : 'no SIMD'}`,
    details: { threads, simd },
  };
}
