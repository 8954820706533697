import type { Backend } from './backend.ts';
import { EngineBackend } from './engine/engine-backend.ts';
import { naiveEngine } from './naive/naive-engine.ts';

export { naiveEngine } from './naive/naive-engine.ts';

/** The reference backend: plain TypeScript, slow and obvious, float64 and float32 with sums in float64. */
export function createNaiveBackend(): Backend {
  return new EngineBackend(naiveEngine);
}
