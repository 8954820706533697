/** What the pages' panels run in a worker: an engine, and on it sessions of panels, each loaded with its first. */
import { serveModels } from '@agop/serve/worker';
import type { EngineSettings } from '../engines/settings.ts';
import { type OpenEngine, openEngine } from './open-backend.ts';

let running: OpenEngine | undefined;

function engine(): OpenEngine {
  if (running === undefined) throw new TypeError('the engine is opened first');
  return running;
}

export const models = serveModels(() => ({
  engine: async (settings: EngineSettings) => {
    const opened = await openEngine(settings);
    running = opened;
    return {
      dispose: () => opened.backend.dispose(),
      facts: async () => opened.facts,
      /** Bytes that are in use, and the most that were. */
      memory: async () => {
        const { bytes, peakBytes } = opened.backend.memory();
        return { bytes, peakBytes };
      },
    };
  },
  table: async () => new (await import('./table-session.ts')).TableSession(engine()),
  grokking: async () => new (await import('./grokking-session.ts')).GrokkingSession(engine()),
  collapse: async () => new (await import('./collapse-session.ts')).CollapseSession(engine()),
  filters: async () => new (await import('./filters-session.ts')).FiltersSession(engine()),
}));
