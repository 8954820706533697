import { type Backend, OptionError } from '@agop/core';
import type { OptionSpec } from '../command.ts';
import type { OptionValues } from '../options.ts';

/** Options of every command that computes, with what its `--dtype` means. */
export function computeOptions(dtype: string): readonly OptionSpec[] {
  return [...backendOptions, { flags: '--dtype <name>', description: dtype }];
}

/** Options of every command that opens a backend. */
export const backendOptions: readonly OptionSpec[] = [
  {
    flags: '--backend <name>',
    description:
      'Where to compute: auto, gpu, cpu, tfjs-wasm or naive (default: auto, which is $AGOP_BACKEND if set, else the GPU if there is one, else the CPU)',
  },
  { flags: '--threads <number>', description: 'Threads of the cpu backend (default: one per core)' },
];

/** A backend this program can compute on. */
interface BackendChoice {
  readonly name: string;
  readonly create: (threads: number | undefined) => Promise<Backend>;
}

/** On a GPU or the processor; undefined: as the variable AGOP_BACKEND says, else the GPU if there is one. */
async function createOn(on: 'gpu' | 'cpu' | undefined, threads: number | undefined): Promise<Backend> {
  const { createBackend } = await import('@agop/backend');
  return createBackend({
    ...(on && { on }),
    cpu: { engine: 'wasm', widenSimd: true, ...(threads !== undefined && { threads }) },
  });
}

/** Every backend by itself. */
export const backendChoices: readonly BackendChoice[] = [
  { name: 'gpu', create: (threads) => createOn('gpu', threads) },
  { name: 'cpu', create: (threads) => createOn('cpu', threads) },
  {
    name: 'tfjs-wasm',
    create: async () => {
      const { createTfjsWasmBackend } = await import('@agop/backend-tfjs/wasm');
      return createTfjsWasmBackend();
    },
  },
  {
    name: 'naive',
    create: async () => {
      const { createNaiveBackend } = await import('@agop/core/naive');
      return createNaiveBackend();
    },
  },
];

/**
 * The backend that `--backend` and `--threads` ask for.
 *
 * @throws {OptionError} for an unknown name or number of threads
 * @throws {UnavailableError} where it cannot run
 */
export async function openBackend(options: OptionValues): Promise<Backend> {
  const name = options.choice('backend', ['auto', ...backendChoices.map((one) => one.name)]) ?? 'auto';
  const threads = options.whole('threads', 1);
  // Asking for threads is asking for the CPU.
  if (name === 'auto') return createOn(threads === undefined ? undefined : 'cpu', threads);
  if (threads !== undefined && name !== 'cpu') {
    throw new OptionError(
      'threads',
      `--threads needs --backend cpu; ${name} has threads of its own or none.`,
    );
  }
  const choice = backendChoices.find((one) => one.name === name) as BackendChoice;
  return choice.create(threads);
}

/** What `--dtype` asks for. */
export function dtypeOption(options: OptionValues): { dtype?: 'float32' | 'float64' } {
  const dtype = options.choice('dtype', ['float32', 'float64']);
  return dtype === undefined ? {} : { dtype };
}
