import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import util from 'node:util';
import { notInstalled, type UnavailableError } from '@agop/core';
import { isTfjs, type Tfjs } from '../adapter/library.ts';

const name = '@tensorflow/tfjs-node-gpu';

/**
 * The program's copy of `@tensorflow/tfjs-node-gpu`; importing it registers the tfjs backend 'tensorflow'.
 *
 * @throws {UnavailableError} if it is not installed, or its native library does not load
 */
export async function loadTfjsNodeGpu(): Promise<Tfjs> {
  // The package calls a function that Node 23 has removed.
  if (!('isNullOrUndefined' in util)) Reflect.set(util, 'isNullOrUndefined', isNullOrUndefined);
  let imported: unknown;
  try {
    imported = await import(pathToFileURL(resolve()).href);
  } catch (cause) {
    throw unavailable(cause);
  }
  const module = hasDefault(imported) ? imported.default : imported;
  if (!isTfjs(module)) throw unavailable(new Error('the package does not hold TensorFlow.js'));
  return module;
}

/** The package as this one sees it, or as the program sees it. */
function resolve(): string {
  const places = [import.meta.url, process.argv[1] ?? '', join(process.cwd(), 'program.js')];
  let failure: unknown;
  for (const place of places.filter((place) => place !== '')) {
    try {
      return createRequire(place).resolve(name);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

function isNullOrUndefined(value: unknown): boolean {
  return value === null || value === undefined;
}

function hasDefault(module: unknown): module is { readonly default: unknown } {
  return typeof module === 'object' && module !== null && 'default' in module;
}

function unavailable(cause: unknown): UnavailableError {
  const isMissing = cause instanceof Error && /^cannot find (module|package)/i.test(cause.message);
  return notInstalled(
    name,
    isMissing
      ? `The engine 'tfjs-node-gpu' needs TensorFlow.js for CUDA. Install it: npm install ${name}. ` +
          'It brings TensorFlow 2.9 for CUDA 11.2 and cuDNN 8.1, and downloads it when it is installed.'
      : `The engine 'tfjs-node-gpu' is installed but does not load. It needs its TensorFlow library ` +
          `(npm rebuild ${name} downloads it again), CUDA 11.2 and cuDNN 8.1.`,
    cause,
  );
}
