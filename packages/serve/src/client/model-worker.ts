import { OptionError } from '@agop/core';
import { checkGiven, checkPositive, checkText } from '@agop/core/options';
import type { Facts } from '../wire/messages.ts';
import { isPort, type Port } from '../wire/port.ts';
import type { ServedModels } from '../worker/served.ts';
import { sendArguments } from './arguments.ts';
import { Link } from './link.ts';
import { type Known, type RemoteModel, remoteModel } from './remote-model.ts';

/** Options of {@link ModelWorker}. */
export interface ModelWorkerOptions {
  /**
   * How long the worker may take until its module calls `serveModels`, in milliseconds; then it counts as
   * lost. Default 60,000.
   */
  readonly patience?: number;
}

/** The makers of a worker, by the type of what its module exports. */
type MakersOf<S extends ServedModels> = Awaited<S['makers']>;

/**
 * A worker in which models live: they fit and predict there, and this thread stays free. Works with workers
 * of `node:worker_threads` and of the web; the worker's module calls `serveModels`. A worker that has nothing
 * to do keeps no process alive.
 *
 * @typeParam S type of what the worker's module has of `serveModels`
 *
 * @example
 * import type { models } from './model.worker.ts';
 * using worker = new ModelWorker<typeof models>(
 *   new Worker(new URL('./model.worker.ts', import.meta.url), { type: 'module' }),
 * );
 * using model = await worker.make('prices', { ridge: 1e-2 });
 * await model.fit(x, y, { validation: 0.2, onIteration: ({ value }) => console.log(value) });
 */
export class ModelWorker<S extends ServedModels> {
  readonly #link: Link;
  readonly #models = new Map<number, WeakRef<Known>>();
  readonly #forgotten: FinalizationRegistry<number>;

  /**
   * @param worker a worker of the web or of `node:worker_threads`, which is this object's from now on
   * @throws {OptionError} for options out of range, and for what is no worker
   */
  constructor(worker: Port, options: ModelWorkerOptions = {}) {
    checkGiven('ModelWorker', options, { patience: true });
    const { patience } = options;
    if (patience !== undefined) checkPositive('patience', patience);
    if (!isPort(worker)) {
      throw new OptionError('worker', { requirement: 'be a worker, e.g. new Worker(url)', received: worker });
    }
    this.#link = new Link(worker, patience, (model, facts) => this.#learn(model, facts));
    const link = this.#link;
    this.#forgotten = new FinalizationRegistry((model) => {
      this.#models.delete(model);
      link.tell({ kind: 'forget', model });
    });
  }

  /**
   * Makes a model in the worker, by one of the functions that its module gives `serveModels`.
   *
   * @param name the function's name
   * @param args its arguments: plain data, tensors, callbacks, a signal
   * @throws {OptionError} for a name that the worker does not have
   * @throws {WorkerError} if the worker does not start, or ends
   * @throws {DisposedError} after `dispose`
   * @throws {DTypeError} for arguments that cannot cross to another thread
   * @throws {FormatError} what the function throws crosses as well, such as this one for a damaged file
   */
  async make<N extends keyof MakersOf<S> & string>(
    name: N,
    ...args: Parameters<MakersOf<S>[N]>
  ): Promise<RemoteModel<Awaited<ReturnType<MakersOf<S>[N]>>>> {
    checkText('name', name);
    this.#link.check(`make('${name}')`);
    const sent = await sendArguments(args);
    const [call, model] = [this.#link.next(), this.#link.next()];
    const order = { kind: 'make' as const, call, model, maker: name, args: sent.args };
    const outcome = await this.#link.call(`make('${name}')`, call, order, sent);
    if (outcome.kind !== 'made') throw new TypeError('a model that is made is told of');
    const known: Known = { facts: outcome.facts, isDisposed: false };
    this.#models.set(model, new WeakRef(known));
    const made = remoteModel<Awaited<ReturnType<MakersOf<S>[N]>>>(this.#link, model, outcome.methods, known);
    this.#forgotten.register(made, model);
    return made;
  }

  /** Ends the worker with all its models; calls that run end with a `DisposedError`. */
  dispose(): void {
    this.#link.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #learn(model: number, facts: Facts): void {
    const known = this.#models.get(model)?.deref();
    if (!known) {
      this.#models.delete(model);
      return;
    }
    known.facts = facts;
    known.isDisposed = false;
  }
}
