// The service worker of the built page: keeps its files for use offline, and adds the headers that make the
// page cross-origin isolated, so that it has threads also on hosts that send no headers.

/** Files of the build with a name for this state of them; the build puts them here. */
declare const buildFiles: { readonly version: string; readonly files: readonly string[] };
declare const clients: { claim(): Promise<void> };
declare function skipWaiting(): Promise<void>;

/** What the events of a service worker have, as far as it is used here. */
interface Lasting {
  waitUntil(promise: Promise<unknown>): void;
}
interface Asking extends Lasting {
  readonly ports: readonly MessagePort[];
}
interface Fetching extends Lasting {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

const prefix = 'agop-';
const cacheName = `${prefix}${buildFiles.version}`;

const isLasting = (event: object): event is Lasting => 'waitUntil' in event;
const isAsking = (event: object): event is Asking => 'waitUntil' in event && 'ports' in event;
const isFetching = (event: object): event is Fetching => 'respondWith' in event && 'request' in event;

addEventListener('install', (event) => {
  if (!isLasting(event)) return;
  event.waitUntil(skipWaiting());
});

addEventListener('activate', (event) => {
  if (!isLasting(event)) return;
  event.waitUntil(clients.claim().then(forgetOld));
});

// A page asks for its files to be kept, once it is shown itself.
addEventListener('message', (event) => {
  if (isAsking(event)) event.waitUntil(keepFiles().then((kept) => event.ports[0]?.postMessage(kept)));
});

addEventListener('fetch', (event) => {
  if (!isFetching(event)) return;
  const { request } = event;
  if (request.method !== 'GET' || new URL(request.url).origin !== location.origin) return;
  event.respondWith(answer(request));
});

/** Kept files first: their names change with their content. The page itself is asked for anew where one can. */
async function answer(request: Request): Promise<Response> {
  const cache = await caches.open(cacheName);
  const kept = async (): Promise<Response | undefined> =>
    cache.match(request, { ignoreSearch: request.mode === 'navigate', ignoreVary: true });
  if (request.mode !== 'navigate') {
    const found = await kept();
    return isolated(found ?? (await fetch(request)));
  }
  try {
    return isolated(await fetch(request));
  } catch (error) {
    const found = await kept();
    if (found) return isolated(found);
    throw error;
  }
}

function isolated(response: Response): Response {
  // Opaque answers and redirections can only be passed on.
  if (response.status === 0 || response.type === 'opaqueredirect') return response;
  const headers = new Headers(response.headers);
  headers.set('Cross-Origin-Opener-Policy', 'same-origin');
  headers.set('Cross-Origin-Embedder-Policy', 'require-corp');
  headers.set('Cross-Origin-Resource-Policy', 'same-origin');
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}

/** Keeps all files of the build, one after the other. @returns whether all of them are kept now */
async function keepFiles(): Promise<boolean> {
  const cache = await caches.open(cacheName);
  let isWhole = true;
  for (const file of buildFiles.files) {
    if (await cache.match(file)) continue;
    await cache.add(file).catch(() => {
      isWhole = false;
    });
  }
  return isWhole;
}

async function forgetOld(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(
    names.filter((name) => name.startsWith(prefix) && name !== cacheName).map((name) => caches.delete(name)),
  );
}
