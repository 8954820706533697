import { type Attempt, type Backend, type FloatDType, OptionError, UnavailableError } from '@agop/core';
import { checkChoice, oneOf } from '@agop/core/options';

const choices = ['auto', 'gpu', 'cuda', 'webgpu', 'cpu'] as const;

/** Engines in the order in which they are tried. */
type Engine = 'cuda' | 'webgpu' | 'cpu';

/** Where to compute, and what is said of it. */
export interface Choice {
  /**
   * Where to compute: 'cuda', 'webgpu' or 'cpu', the first GPU of these ('gpu'), or the first that works
   * ('auto'). Default: AGOP_BACKEND or 'auto'.
   */
  readonly on?: (typeof choices)[number];
  /**
   * The dtype that the program needs: 'auto' and 'gpu' pass over engines that do not compute in it, which of
   * float64 is WebGPU. Default: either will do.
   */
  readonly dtype?: FloatDType;
  /**
   * Told where another engine computes than the first that 'auto' or 'gpu' tries: what was passed over, and
   * why, is in `attempts`.
   */
  readonly onFallback?: (reason: UnavailableError) => void;
}

/** How something is made for each engine. */
export type Makers<T> = Readonly<Record<Engine, () => Promise<T>>>;

const titles: Readonly<Record<Engine, string>> = { cuda: 'CUDA', webgpu: 'WebGPU', cpu: 'the CPU' };

/** The engines that a choice allows, in order. */
const allowed: Readonly<Record<(typeof choices)[number], readonly Engine[]>> = {
  auto: ['cuda', 'webgpu', 'cpu'],
  gpu: ['cuda', 'webgpu'],
  cuda: ['cuda'],
  webgpu: ['webgpu'],
  cpu: ['cpu'],
};

/**
 * Makes something on the first engine that a choice allows and that is there.
 *
 * @throws {UnavailableError} if none is, with what was tried
 * @throws {OptionError} for an unknown choice
 */
export async function makeOn<T>(choice: Choice, makers: Makers<T>): Promise<T> {
  const { dtype, onFallback } = choice;
  if (dtype !== undefined) checkChoice('dtype', dtype, ['float32', 'float64']);
  const engines = allowed[chosen(choice.on, process.env['AGOP_BACKEND'])];
  const able = engines.filter((engine) => engines.length === 1 || computesIn(engine, dtype));
  if (able.length === 1) return makers[able[0] as Engine]();
  const attempts: Attempt[] = [];
  for (const engine of engines) {
    if (!able.includes(engine)) {
      attempts.push({ what: titles[engine], reason: `It does not compute in ${dtype}.` });
      continue;
    }
    try {
      const made = await makers[engine]();
      if (attempts.length > 0) {
        onFallback?.(new UnavailableError(`Computing on ${titles[engine]}, not on:`, attempts));
      }
      return made;
    } catch (error) {
      if (!UnavailableError.isInstance(error)) throw error;
      attempts.push({ what: titles[engine], reason: error.message.replaceAll('\n', '\n  ') });
    }
  }
  throw new UnavailableError('There is no GPU that can be used here:', attempts);
}

/**
 * A backend on hardware: drivers that compute WebGPU on the processor are slower than its own engine.
 *
 * @throws {UnavailableError} for such a driver
 */
export function onHardware(backend: Backend): Backend {
  if (backend.device.details['software'] !== true) return backend;
  const { description } = backend.device;
  backend.dispose();
  throw new UnavailableError(
    `${description} is computed by the processor, slower than by its own engine. It is taken where 'webgpu' is asked for by name.`,
  );
}

function computesIn(engine: Engine, dtype: FloatDType | undefined): boolean {
  return engine !== 'webgpu' || dtype !== 'float64';
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

/** Whether software adapters are passed over: wherever WebGPU is not asked for by name. */
export function isByName({ on }: Choice): boolean {
  return (on ?? process.env['AGOP_BACKEND']) === 'webgpu';
}
