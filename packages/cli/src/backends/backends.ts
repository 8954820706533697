import { type Backend, OptionError, wording } from '@agop/core';
import { choice, type Settings, whole } from '@agop/core/options';

/** A backend this program can compute on. */
interface NamedBackend {
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
export const backendChoices: readonly NamedBackend[] = [
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

/** Options of every command that opens a backend. */
export const backendOptions = {
  backend: choice(['auto', ...backendChoices.map(({ name }) => name)], {
    description: 'Where to compute: {choices}',
    default: 'auto',
    defaultWords: 'auto, which is $AGOP_BACKEND if set, else the GPU if there is one, else the CPU',
  }),
  threads: whole({ from: 1, description: 'Threads of the cpu backend', defaultWords: 'one per core' }),
};

/** What the options say of the backend. */
export type BackendChoice = Settings<typeof backendOptions>;

/**
 * The backend that `--backend` and `--threads` ask for.
 *
 * @throws {OptionError} for threads of a backend that does not take them
 * @throws {UnavailableError} where it cannot run
 */
export async function openBackend({ backend: name, threads }: BackendChoice): Promise<Backend> {
  // Asking for threads is asking for the CPU.
  if (name === 'auto') return createOn(threads === undefined ? undefined : 'cpu', threads);
  if (threads !== undefined && name !== 'cpu') {
    throw new OptionError(
      'threads',
      wording`${{ option: 'threads', bare: true }} needs ${{ option: 'backend', value: 'cpu' }}; ${name} has threads of its own or none.`,
    );
  }
  const found = backendChoices.find((one) => one.name === name) as NamedBackend;
  return found.create(threads);
}
