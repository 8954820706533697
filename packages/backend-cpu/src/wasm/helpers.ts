/** What a thread needs to join the pool. */
export interface HelperStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly index: number;
}

/** A running helper thread. */
export interface Helper {
  /** Stops it at once; it must have been told to quit, or be idle. */
  terminate(): void;
}

/**
 * The helper's program: it instantiates the module on the shared memory, says that it is there, and stays in
 * the module's loop until the pool ends. It is a string so that no file or URL has to be found, with any
 * bundler.
 */
const body = `
  const serve = ({ module, memory, index }, ready) => {
    const { exports } = new WebAssembly.Instance(module, { env: { memory, abort() { throw new Error('abort'); } } });
    ready();
    exports.serve(index);
  };`;

const nodeProgram = `${body}
  const { parentPort, workerData } = require('node:worker_threads');
  serve(workerData, () => parentPort.postMessage('ready'));`;

const browserProgram = `${body}
  onmessage = ({ data }) => { serve(data, () => postMessage('ready')); close(); };`;

/** The helpers that have started. */
export interface Helpers {
  readonly running: readonly Helper[];
  /** Why there are fewer than were wanted, for people; undefined where all are there. */
  readonly refused: string | undefined;
}

/** Starts helpers; where threads are not to be had, as many as do start. */
export async function startHelpers(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  count: number,
): Promise<Helpers> {
  const starts = Array.from({ length: count }, (_, i) => startHelper({ module, memory, index: i + 1 }));
  const settled = await Promise.allSettled(starts);
  const running = settled.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  const failure = settled.find((start) => start.status === 'rejected');
  return { running, refused: failure && whyRefused(failure.reason) };
}

/** Starts a helper and waits until it is ready for work. Rejects if threads are not to be had here. */
async function startHelper(start: HelperStart): Promise<Helper> {
  const threads = globalThis.process?.getBuiltinModule?.('node:worker_threads');
  return threads ? startInNode(threads, start) : startInBrowser(start);
}

function whyRefused(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'ERR_ACCESS_DENIED') {
    return "Node's permission model refuses threads, start Node with --allow-worker";
  }
  if (error instanceof BlobRefused) {
    return "the page's Content-Security-Policy refuses threads, it needs worker-src blob:";
  }
  return `threads do not start (${error instanceof Error ? error.message : String(error)})`;
}

/** A program in a blob was not started: the browser gives no reason, but there is hardly another one. */
class BlobRefused extends Error {
  override readonly name = 'BlobRefused';
}

function startInNode(threads: typeof import('node:worker_threads'), start: HelperStart): Promise<Helper> {
  // Command line options of the program (loaders, conditions) are not the helper's.
  const worker = new threads.Worker(nodeProgram, { eval: true, workerData: start, execArgv: [] });
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', () => {
      // A program that forgets dispose() shall still end.
      worker.unref();
      resolve({ terminate: () => void worker.terminate() });
    });
  });
}

function startInBrowser(start: HelperStart): Promise<Helper> {
  const url = URL.createObjectURL(new Blob([browserProgram], { type: 'text/javascript' }));
  return new Promise<Helper>((resolve, reject) => {
    const worker = startWorker(url);
    // A program that fails has a message; one that is not let in has none.
    worker.onerror = ({ message }) => reject(message ? new Error(message) : new BlobRefused());
    worker.onmessage = () => resolve({ terminate: () => worker.terminate() });
    worker.postMessage(start);
  }).finally(() => URL.revokeObjectURL(url));
}

/** @throws {BlobRefused} in browsers that tell at once */
function startWorker(url: string): Worker {
  try {
    return new Worker(url);
  } catch (cause) {
    throw new BlobRefused('', { cause });
  }
}
