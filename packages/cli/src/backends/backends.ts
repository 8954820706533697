import type { Backend } from '@agop/core';
import type { OptionSpec } from '../command.ts';
import type { OptionValues } from '../options.ts';

/** Options of every command that computes. */
export const backendOptions: readonly OptionSpec[] = [
  { flags: '--backend <name>', description: 'Where to compute: cpu, tfjs-wasm or naive (default: cpu)' },
  { flags: '--threads <number>', description: 'Threads of the cpu backend (default: one per core)' },
  { flags: '--dtype <name>', description: 'float32 or float64 (default: by ridge and backend)' },
];

/** A backend this program can compute on. */
interface BackendChoice {
  readonly name: string;
  readonly create: (threads: number | undefined) => Promise<Backend>;
}

/** The first one is the default. */
export const backendChoices: readonly BackendChoice[] = [
  {
    name: 'cpu',
    create: async (threads) => {
      const { createCpuBackend } = await import('@agop/backend-cpu');
      return createCpuBackend({ engine: 'wasm', widenSimd: true, ...(threads !== undefined && { threads }) });
    },
  },
  {
    name: 'tfjs-wasm',
    create: async () => {
      const { createCpuBackend } = await import('@agop/backend-cpu');
      return createCpuBackend({ engine: 'tfjs-wasm' });
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
  const names = backendChoices.map(({ name }) => name);
  const name = options.choice('backend', names) ?? names[0];
  const threads = options.whole('threads', 1);
  const choice = backendChoices.find((one) => one.name === name) as BackendChoice;
  return choice.create(threads);
}

/** What `--dtype` asks for. */
export function dtypeOption(options: OptionValues): { dtype?: 'float32' | 'float64' } {
  const dtype = options.choice('dtype', ['float32', 'float64']);
  return dtype === undefined ? {} : { dtype };
}
