import { type Backend, type FloatDType, OptionError, wording } from '@agop/core';
import { choice, type Settings, text, whole } from '@agop/core/options';
import type { Context } from '../command.ts';

/** What the backend on the processor is told. */
interface CpuChoice {
  readonly threads?: number | undefined;
  readonly blas?: string | undefined;
}

/** A backend this program can compute on. */
interface NamedBackend {
  readonly name: string;
  readonly create: (cpu: CpuChoice, dtype?: FloatDType) => Promise<Backend>;
}

/**
 * On a GPU or the processor; undefined: as the variable AGOP_BACKEND says, else the first that works. What
 * nobody asks float32 for has float64 where it needs it, and with it the same numbers on all machines: then
 * WebGPU is only taken by its name.
 */
async function createOn(
  on: 'gpu' | 'webgpu' | 'cpu' | undefined,
  { threads, blas }: CpuChoice,
  dtype: FloatDType = 'float64',
): Promise<Backend> {
  const { createBackend } = await import('@agop/backend');
  return createBackend({ ...(on && { on }), dtype, cpu: cpuOptions({ threads, blas }) });
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
  { name: 'gpu', create: (cpu, dtype) => createOn('gpu', cpu, dtype) },
  { name: 'webgpu', create: (cpu, dtype) => createOn('webgpu', cpu, dtype) },
  { name: 'cpu', create: (cpu, dtype) => createOn('cpu', cpu, dtype) },
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
    defaultWords: 'auto, which is $AGOP_BACKEND if set, else CUDA, with --dtype float32 WebGPU, else the CPU',
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
 * The backend that `--backend`, `--threads` and `--blas` ask for, and `--dtype` of commands that have it. A
 * device that is software is told.
 *
 * @throws {OptionError} for threads or a BLAS of a backend that does not take them
 * @throws {UnavailableError} where it cannot run
 */
export async function openBackend(
  options: BackendChoice & { readonly dtype?: FloatDType | undefined },
  { note }: Pick<Context, 'note'>,
): Promise<Backend> {
  const backend = await makeBackend(options);
  if (backend.device.details['software'] === true) {
    note(
      wording`agop: The WebGPU adapter is software (${String(backend.device.details['name'])}): it is slower than ${{ option: 'backend', value: 'cpu' }}.`,
    );
  }
  return backend;
}

/** @throws {OptionError} {UnavailableError} */
async function makeBackend({
  backend: name,
  dtype,
  ...cpu
}: Parameters<typeof openBackend>[0]): Promise<Backend> {
  const asked = (['threads', 'blas'] as const).find((option) => (cpu[option] ?? 'none') !== 'none');
  // Asking for threads or a BLAS is asking for the CPU.
  if (name === 'auto') return createOn(asked && 'cpu', cpu, dtype);
  if (asked && name !== 'cpu') {
    const has = asked === 'threads' ? 'threads of its own or none' : 'libraries of its own or none';
    throw new OptionError(
      asked,
      wording`${{ option: asked, bare: true }} needs ${{ option: 'backend', value: 'cpu' }}; ${name} has ${has}.`,
    );
  }
  const found = backendChoices.find((one) => one.name === name) as NamedBackend;
  return found.create(cpu, dtype);
}
