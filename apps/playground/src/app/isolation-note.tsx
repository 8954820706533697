import type { JSX } from 'preact';
import type { PageEngine } from '../engine/page-engine.ts';
import { serviceWorkerState } from './service-worker.ts';

/** Says what is to be known of this page, and offers threads where a reload gives them. */
export function IsolationNote({ engine }: { readonly engine: PageEngine }): JSX.Element {
  const state = serviceWorkerState.value;
  return (
    <p>
      Computed here, on{' '}
      {engine.settings.value.threads === 1 ? 'one thread' : `${engine.settings.value.threads} threads`}
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
