import { signal } from '@preact/signals';

/** How far the service worker is: `ready` answers for the page, `kept` has all of its files. */
export const serviceWorkerState = signal<'none' | 'starting' | 'ready' | 'kept'>('none');

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
    const { active } = await navigator.serviceWorker.ready;
    serviceWorkerState.value = 'ready';
    if (active) keepFiles(active);
  } catch {
    // Not allowed here, as in private windows: the page works without.
    serviceWorkerState.value = 'none';
    return;
  }
  if (globalThis.crossOriginIsolated || !isUntouched || sessionStorage.getItem(reloaded) !== null) return;
  sessionStorage.setItem(reloaded, 'yes');
  location.reload();
}

/** Has all files of the page kept, so that it works offline. */
function keepFiles(worker: ServiceWorker): void {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => {
    if (data === true) serviceWorkerState.value = 'kept';
  };
  worker.postMessage('keep', [port2]);
}
