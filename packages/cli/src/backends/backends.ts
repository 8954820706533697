import { type Backend, OptionError, wording } from '@agop/core';
import { choice, type Settings, text, whole } from '@agop/core/options';

/** What the backend on the processor is told. */
interface CpuChoice {
  readonly threads?: number | undefined;
  readonly blas?: string | undefined;
}

/** A backend this program can compute on. */
interface NamedBackend {
  readonly name: string;
  readonly create: (cpu: CpuChoice) => Promise<Backend>;
}

/** On a GPU or the processor; undefined: as the variable AGOP_BACKEND says, else the GPU if there is one. */
async function createOn(on: 'gpu' | 'cpu' | undefined, { threads, blas }: CpuChoice): Promise<Backend> {
  const { createBackend } = await import('@agop/backend');
  return createBackend({ ...(on && { on }), cpu: cpuOptions({ threads, blas }) });
}

/** How the engine of the processor is opened. */
export function cpuOptions({ threads, blas }: CpuChoice) {
  return {
    engine: 'wasm',
    widenSimd: true,
    ...(threads !== undefined && { threads }),
    ...(blas !== undefined && { blas }),
  } as const;
}

/** Every backend by itself. */
export const backendChoices: readonly NamedBackend[] = [
  { name: 'gpu', create: (cpu) => createOn('gpu', cpu) },
  { name: 'cpu', create: (cpu) => createOn('cpu', cpu) },
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
  blas: text({
    placeholder: 'library',
    description:
      "Hand large products of the cpu backend to the machine's own BLAS: auto, where that is clearly faster; the path of a library; or none",
    defaultWords: 'none, whose results have the same bits everywhere',
  }),
};

/** What the options say of the backend. */
export type BackendChoice = Settings<typeof backendOptions>;

/**
 * The backend that `--backend`, `--threads` and `--blas` ask for.
 *
 * @throws {OptionError} for threads or a BLAS of a backend that does not take them
 * @throws {UnavailableError} where it cannot run
 */
export async function openBackend({ backend: name, ...cpu }: BackendChoice): Promise<Backend> {
  const asked = (['threads', 'blas'] as const).find((option) => (cpu[option] ?? 'none') !== 'none');
  // Asking for threads or a BLAS is asking for the CPU.
  if (name === 'auto') return createOn(asked && 'cpu', cpu);
  if (asked && name !== 'cpu') {
    const has = asked === 'threads' ? 'threads of its own or none' : 'libraries of its own or none';
    throw new OptionError(
      asked,
      wording`${{ option: asked, bare: true }} needs ${{ option: 'backend', value: 'cpu' }}; ${name} has ${has}.`,
    );
  }
  const found = backendChoices.find((one) => one.name === name) as NamedBackend;
  return found.create(cpu);
}
