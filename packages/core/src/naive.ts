import type { Backend } from './backend.ts';
import { createBackend } from './engine/create-backend.ts';
import { naiveEngine } from './naive/naive-engine.ts';

export { naiveEngine, naiveEssentials } from './naive/naive-engine.ts';

/** The reference backend: plain TypeScript, slow and obvious, float64 and float32 with sums in float64. */
export function createNaiveBackend(): Backend {
  return createBackend(naiveEngine);
}
