import { UnavailableError } from '@agop/core';

/** The parts of Node that files need. */
interface NodeModules {
  readonly 'node:fs/promises': typeof import('node:fs/promises');
  readonly 'node:os': typeof import('node:os');
  readonly 'node:path': typeof import('node:path');
}

/**
 * A part of Node, without an import: bundlers for browsers fail on one, also where it is never reached.
 *
 * @throws {UnavailableError} outside of Node
 */
export function nodeModule<N extends keyof NodeModules>(name: N): NodeModules[N] {
  const get: ((id: N) => NodeModules[N] | undefined) | undefined =
    globalThis.process?.getBuiltinModule?.bind(process);
  const found = get?.(name);
  if (found) return found;
  throw new UnavailableError('Files need Node. In a browser, pass the bytes themselves.', []);
}
