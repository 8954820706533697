import type { CpuBackendOptions } from '@agop/backend-cpu';
import type { GpuBackendOptions } from '@agop/backend-gpu';
import { type Backend, OptionError, UnavailableError } from '@agop/core';
import { checkGiven, oneOf } from '@agop/core/options';

const choices = ['auto', 'gpu', 'cpu'] as const;

/** Options of {@link createBackend}. */
export interface BackendOptions {
  /** Where to compute; 'auto' is the GPU if there is one, else the CPU. Default: AGOP_BACKEND or 'auto'. */
  readonly on?: (typeof choices)[number];
  /** Options of the GPU backend, where that is made. */
  readonly gpu?: GpuBackendOptions;
  /** Options of the CPU backend, where that is made. */
  readonly cpu?: CpuBackendOptions;
  /** Told why no GPU is used where 'auto' makes a CPU backend: no device, no driver, no libraries. */
  readonly onFallback?: (reason: UnavailableError) => void;
}

/**
 * A backend for a program that runs in Node. Only what is used is loaded. A GPU that is there and fails is an
 * error, not a reason to compute elsewhere.
 *
 * @throws {OptionError} for an unknown choice, or options out of range
 * @throws {UnavailableError} if the GPU is asked for and there is none
 *
 * @example
 * using backend = await createBackend({ onFallback: ({ message }) => console.error(message) });
 */
export async function createBackend(options: BackendOptions = {}): Promise<Backend> {
  checkGiven('createBackend()', options, { on: true, gpu: true, cpu: true, onFallback: true });
  const { gpu, cpu } = options;
  return makeOn(options, {
    gpu: async () => (await import('@agop/backend-gpu')).createGpuBackend(gpu),
    cpu: async () => (await import('@agop/backend-cpu')).createCpuBackend(cpu),
  });
}

/** Makes something for the GPU, or for the CPU, as the options and the environment say. */
export async function makeOn<T>(
  options: Pick<BackendOptions, 'on' | 'onFallback'>,
  make: { readonly gpu: () => Promise<T>; readonly cpu: () => Promise<T> },
): Promise<T> {
  const on = chosen(options.on, process.env['AGOP_BACKEND']);
  if (on !== 'cpu') {
    try {
      return await make.gpu();
    } catch (error) {
      if (on === 'gpu' || !isUnavailable(error)) throw error;
      options.onFallback?.(error);
    }
  }
  return make.cpu();
}

function chosen(on: string | undefined, variable: string | undefined): (typeof choices)[number] {
  const name = on ?? variable ?? 'auto';
  const found = choices.find((one) => one === name);
  if (found) return found;
  const requirement = oneOf(choices);
  throw new OptionError(
    'on',
    on === undefined
      ? `The variable AGOP_BACKEND must ${requirement}, but is '${name}'.`
      : { requirement, received: name },
  );
}

function isUnavailable(error: unknown): error is UnavailableError {
  return UnavailableError.isInstance(error);
}
