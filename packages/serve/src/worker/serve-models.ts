import { DTypeError, OptionError, WorkerError } from '@agop/core';
import { isData, wholeBuffer } from '../wire/data.ts';
import { sendError } from '../wire/errors.ts';
import type { Order, Report } from '../wire/messages.ts';
import { fresh, givesTensors } from '../wire/methods.ts';
import { isNodePort, listen, type Port, post } from '../wire/port.ts';
import { receiveArguments } from './calls.ts';
import { factsOf, methodsOf } from './facts.ts';
import { isServed, type Makers, type ServedEstimator, type ServedModels } from './served.ts';

/** Options of {@link serveModels}. */
export interface ServeOptions {
  /** Where orders come from. Default the thread that started this worker. */
  readonly port?: Port;
}

/**
 * Makes and keeps models for the thread that started this worker: the one call of a worker's module. On the
 * other side stands a `ModelWorker` with the type of what this returns.
 *
 * @param setup makes what all models share, such as a backend, and says which models can be made: functions
 *   that give an estimator. Runs once. Its failure is told to the other side.
 * @throws {OptionError} outside of a worker, where no port is given
 *
 * @example
 * export const models = serveModels(async () => {
 *   const backend = await createCpuBackend();
 *   return {
 *     prices: (options: { ridge?: number } = {}) => new RFMRegressor({ backend, ...options }),
 *     savedPrices: (file: ModelSource) => RFMRegressor.load(file, { backend }),
 *   };
 * });
 */
export function serveModels<M extends Makers>(
  setup: () => M | Promise<M>,
  options: ServeOptions = {},
): ServedModels<M> {
  const port = options.port ?? ownPort();
  const tell = (report: Report, transfer?: readonly ArrayBuffer[]): void => post(port, report, transfer);
  const makers = (async () => setup())();
  const served = new Served(makers, tell);
  const begun = ready(makers, port);
  listen(port, (message) => {
    // The other side may listen only now.
    if (isHello(message)) void begun.then(tell);
    else served.obey(message as Order);
  });
  tell({ kind: 'alive' });
  void begun.then(tell);
  return { makers };
}

/** Tells that orders are taken, or that they never will be. */
async function ready(makers: Promise<Makers>, port: Port): Promise<Report> {
  try {
    await makers;
  } catch (error) {
    return { kind: 'failed', error: sendError(error) };
  }
  return { kind: 'ready', lock: isNodePort(port) ? undefined : await holdLock() };
}

/** Takes a lock that is held as long as this worker lives: browsers tell nobody when one ends. */
async function holdLock(): Promise<string | undefined> {
  const locks = globalThis.navigator?.locks;
  if (!locks) return undefined;
  const name = `agop-${crypto.randomUUID()}`;
  await new Promise<void>((held) => {
    void locks.request(name, () => {
      held();
      return new Promise<never>(() => {});
    });
  });
  return name;
}

function ownPort(): Port {
  const inNode = globalThis.process?.getBuiltinModule?.('node:worker_threads')?.parentPort;
  if (inNode) return inNode;
  if (typeof window === 'undefined' && typeof globalThis.postMessage === 'function') return insideWebWorker;
  throw new OptionError('port', 'serveModels() is called in a worker, or with a `port`.');
}

/** The thread of a worker of the web. */
const insideWebWorker: Port = {
  postMessage: (message: unknown, transfer: readonly ArrayBuffer[] = []) =>
    Reflect.apply(globalThis.postMessage, globalThis, [message, transfer]),
  addEventListener: (type, listener) => globalThis.addEventListener(type, listener),
};

function isHello(message: unknown): boolean {
  return typeof message === 'object' && message !== null && 'kind' in message && message.kind === 'hello';
}

/** The models of a worker, and the calls that run. */
class Served {
  readonly #makers: Promise<Makers>;
  readonly #tell: (report: Report, transfer?: readonly ArrayBuffer[]) => void;
  readonly #models = new Map<number, ServedEstimator>();
  readonly #running = new Map<number, AbortController>();

  constructor(makers: Promise<Makers>, tell: (report: Report, transfer?: readonly ArrayBuffer[]) => void) {
    this.#makers = makers;
    this.#tell = tell;
  }

  obey(order: Order): void {
    switch (order.kind) {
      case 'make':
        void this.#run(order, '', (args) => this.#make(order, args));
        break;
      case 'call':
        void this.#run(order, order.method, (args) => this.#call(order, args));
        break;
      case 'abort':
        this.#running.get(order.call)?.abort(order.reason);
        break;
      case 'dispose':
      case 'forget':
        this.#dispose(order.model, order.kind === 'forget');
        break;
    }
  }

  /** Every call is answered: where an error cannot cross with all that it holds, its words do. */
  #tellError(call: number, error: unknown): void {
    try {
      this.#tell({ kind: 'error', call, error: sendError(error) });
    } catch {
      const { name = 'Error', message = '' } = error instanceof Error ? error : {};
      const sent = { kind: 'error', name, message, stack: undefined, cause: undefined } as const;
      this.#tell({ kind: 'error', call, error: sent });
    }
  }

  async #run(
    { call, args }: { readonly call: number; readonly args: readonly unknown[] },
    method: string,
    work: (args: readonly unknown[]) => Promise<void>,
  ): Promise<void> {
    const controller = new AbortController();
    this.#running.set(call, controller);
    const event = (callback: number, told: readonly unknown[]): void =>
      this.#tell({ kind: 'event', call, callback, args: told });
    try {
      const site = { givesTensors: givesTensors.has(method), stops: method === 'fit', event, controller };
      await work(receiveArguments(args, site));
    } catch (error) {
      this.#tellError(call, error);
    } finally {
      this.#running.delete(call);
    }
  }

  async #make({ call, model, maker }: Order & { kind: 'make' }, args: readonly unknown[]): Promise<void> {
    const makers = await this.#makers;
    const make: unknown = Object.hasOwn(makers, maker) ? makers[maker] : undefined;
    if (typeof make !== 'function') {
      const known = Object.keys(makers).join(', ');
      throw new OptionError('name', `The worker makes no model '${maker}'. It makes: ${known}.`);
    }
    const made: unknown = await Reflect.apply(make, makers, args);
    if (!isServed(made)) {
      throw new WorkerError(
        `'${maker}' of the worker gives no model: it must give an object with dispose().`,
      );
    }
    this.#models.set(model, made);
    this.#tell({ kind: 'made', call, methods: methodsOf(made), facts: factsOf(made) });
  }

  async #call({ call, model, method }: Order & { kind: 'call' }, args: readonly unknown[]): Promise<void> {
    const found = this.#models.get(model);
    const run: unknown = found && Reflect.get(found, method);
    if (!found || typeof run !== 'function') throw new WorkerError(`The worker has no ${method}() to call.`);
    let value: unknown;
    try {
      value = await Reflect.apply(run, found, args);
    } finally {
      // A fit changes what the model says of itself. It is told before the call ends.
      if (!fresh.has(method)) this.#tell({ kind: 'facts', model, facts: factsOf(found) });
    }
    if (value === found) {
      this.#tell({ kind: 'self', call });
      return;
    }
    if (!isData(value)) throw new DTypeError(`${method}() gives what cannot leave the worker.`);
    const buffer = fresh.has(method) ? wholeBuffer(value) : undefined;
    this.#tell({ kind: 'done', call, value }, buffer ? [buffer] : []);
  }

  #dispose(model: number, forever: boolean): void {
    const found = this.#models.get(model);
    if (!found) return;
    found.dispose();
    if (forever) this.#models.delete(model);
    else this.#tell({ kind: 'facts', model, facts: factsOf(found) });
  }
}
