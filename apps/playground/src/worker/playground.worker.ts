/** What the pages' panels run in a worker: an engine, and on it a session of each panel. */
import { serveModels } from '@agop/serve/worker';
import type { EngineSettings } from '../engines/settings.ts';
import { CollapseSession } from './collapse-session.ts';
import { FiltersSession } from './filters-session.ts';
import { GrokkingSession } from './grokking-session.ts';
import { type OpenEngine, openEngine } from './open-backend.ts';
import { TableSession } from './table-session.ts';

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
  table: () => new TableSession(engine()),
  grokking: () => new GrokkingSession(engine()),
  collapse: () => new CollapseSession(engine()),
  filters: () => new FiltersSession(engine()),
}));
