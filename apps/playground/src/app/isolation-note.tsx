import type { JSX } from 'preact';
import type { PageEngine } from '../engine/page-engine.ts';
import { type EngineSettings, engines } from '../engines/settings.ts';
import { serviceWorkerState } from './service-worker.ts';

/** Says what is to be known of this page, and offers threads where a reload gives them. */
export function IsolationNote({ engine }: { readonly engine: PageEngine }): JSX.Element {
  const state = serviceWorkerState.value;
  return (
    <p>
      Computed here, {computedBy(engine.settings.value)}
      {state === 'kept' ? '; works offline from now on.' : '.'}
      {(state === 'ready' || state === 'kept') && !globalThis.crossOriginIsolated && (
        <>
          {' '}
          <button type="button" onClick={() => location.reload()}>
            Reload to use more threads
          </button>
        </>
      )}
    </p>
  );
}

function computedBy({ engine, threads }: EngineSettings): string {
  const { label, hasSettings } = engines[engine];
  if (!hasSettings) return `by ${label}`;
  return threads === 1 ? 'on one thread' : `on ${threads} threads`;
}
