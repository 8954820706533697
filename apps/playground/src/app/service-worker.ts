import { signal } from '@preact/signals';

/** Whether the service worker keeps the page for use offline. */
export const serviceWorkerState = signal<'none' | 'starting' | 'ready'>('none');

const reloaded = 'agop-reloaded-for-isolation';

/**
 * Registers the service worker: it keeps the files of the page, and sends them with the headers that isolate
 * the page, where the host does not. The first time the page is then loaded again, unless the reader has
 * begun to use it.
 */
export async function startServiceWorker(): Promise<void> {
  if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return;
  let isUntouched = true;
  const touch = (): void => {
    isUntouched = false;
  };
  for (const kind of ['pointerdown', 'keydown', 'dragenter', 'hashchange']) {
    addEventListener(kind, touch, { once: true, passive: true });
  }
  try {
    serviceWorkerState.value = 'starting';
    await navigator.serviceWorker.register('./service-worker.js', { scope: './' });
    await navigator.serviceWorker.ready;
    serviceWorkerState.value = 'ready';
  } catch {
    // Not allowed here, as in private windows: the page works without.
    serviceWorkerState.value = 'none';
    return;
  }
  if (globalThis.crossOriginIsolated || !isUntouched || sessionStorage.getItem(reloaded) !== null) return;
  sessionStorage.setItem(reloaded, 'yes');
  location.reload();
}
