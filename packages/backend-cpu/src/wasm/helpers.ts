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

/** Starts a helper and waits until it is ready for work. Rejects if threads are not to be had here. */
export function startHelper(start: HelperStart): Promise<Helper> {
  const threads = globalThis.process?.getBuiltinModule?.('node:worker_threads');
  return threads ? startInNode(threads, start) : startInBrowser(start);
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
  const worker = new Worker(url);
  return new Promise<Helper>((resolve, reject) => {
    worker.onerror = (event) => reject(new Error(event.message));
    worker.onmessage = () => resolve({ terminate: () => worker.terminate() });
    worker.postMessage(start);
  }).finally(() => URL.revokeObjectURL(url));
}
