import { notInstalled, OptionError, UnavailableError } from '@agop/core';
import type * as tfjs from '@tensorflow/tfjs-core';

/**
 * TensorFlow.js as this package uses it.
 *
 * @internal
 */
export type Tfjs = typeof tfjs;

/**
 * TensorFlow.js as a module: `@tensorflow/tfjs-core`, or `@tensorflow/tfjs`, which includes it. So little is
 * said of it that programs compile where it is not installed.
 */
export interface TfjsModule {
  readonly version_core: string;
  engine(): object;
}

/**
 * The module that a program hands over, or else its copy of `@tensorflow/tfjs-core`.
 *
 * @throws {UnavailableError} if it is not installed
 * @throws {OptionError} for another module
 * @internal
 */
export async function givenTfjs(given: TfjsModule | undefined): Promise<Tfjs> {
  if (given === undefined) return importTfjs();
  if (isTfjs(given)) return given;
  throw new OptionError(
    'tf',
    'tf must be the module @tensorflow/tfjs-core, or @tensorflow/tfjs: import * as tf from it.',
  );
}

/**
 * True for the module, of whichever copy.
 *
 * @internal
 */
export function isTfjs(module: unknown): module is Tfjs {
  return (
    typeof module === 'object' && module !== null && 'version_core' in module && 'registerBackend' in module
  );
}

/**
 * The program's copy of `@tensorflow/tfjs-core`, loaded at the first call, to be handed to a backend. Its
 * types come from importing it.
 *
 * @throws {UnavailableError} if it is not installed
 */
export function loadTfjs(): Promise<TfjsModule> {
  return importTfjs();
}

async function importTfjs(): Promise<Tfjs> {
  try {
    return await import('@tensorflow/tfjs-core');
  } catch (cause) {
    throw notInstalled(
      '@tensorflow/tfjs-core',
      'This backend needs TensorFlow.js. Install it and one of its backends, e.g. ' +
        'npm install @tensorflow/tfjs-core @tensorflow/tfjs-backend-cpu, or pass the module as `tf`.',
      cause,
    );
  }
}

/** Starts one tfjs backend after the other: tfjs mixes them up when two start at once. */
let starting: Promise<unknown> = Promise.resolve();

/**
 * Starts a registered tfjs backend. The one that was active before is active again afterwards.
 *
 * @throws {UnavailableError} if none of that name is registered, or it cannot start here
 * @internal
 */
export async function startTfjsBackend(tf: Tfjs, backendName: string): Promise<void> {
  const start = starting.then(() => startNow(tf, backendName));
  starting = start.catch(() => undefined);
  await start;
}

async function startNow(tf: Tfjs, backendName: string): Promise<void> {
  const registered = tf.engine().backendNames();
  if (!registered.includes(backendName)) {
    throw new UnavailableError(
      `No backend '${backendName}' is registered with TensorFlow.js (registered: ${registered.join(', ') || 'none'}). ` +
        `Import the package that brings it first, e.g. @tensorflow/tfjs-backend-${backendName}.`,
    );
  }
  // The type says string, but before the first choice there is none.
  const previous: string | undefined = tf.getBackend();
  const started = await tf.setBackend(backendName);
  if (previous) await tf.setBackend(previous);
  if (!started) {
    throw new UnavailableError(
      `TensorFlow.js could not start its backend '${backendName}' here; its warning on the console says why.`,
    );
  }
}
