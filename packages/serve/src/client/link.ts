import { AbortedError, DisposedError, DTypeError, WorkerError } from '@agop/core';
import { receiveError } from '../wire/errors.ts';
import { longestTimer } from '../wire/longest-timer.ts';
import type { Facts, Order, Report } from '../wire/messages.ts';
import { isNodePort, listen, type Port, post } from '../wire/port.ts';
import { type SentArguments, sentReason } from './arguments.ts';

/** What a call has come to. */
export type Outcome = Extract<Report, { kind: 'made' | 'done' | 'self' }>;

/** A call that has not ended. */
interface Pending {
  readonly what: string;
  readonly sent: SentArguments;
  resolve(outcome: Outcome): void;
  reject(error: unknown): void;
  /** What a callback of this side has thrown: it is what the call ends with. */
  thrown: { readonly error: unknown } | undefined;
}

/** Why there is nobody at the other end, as errors for calls. */
interface End {
  ofRunning(what: string): unknown;
  ofLater(what: string): unknown;
}

/** How long a worker may take to give its first sign of life, by default, in milliseconds. */
const defaultPatience = 60_000;

/** The calls to one worker: orders go out once it is ready, and each ends, also when the worker does. */
export class Link {
  readonly #port: Port;
  readonly #pending = new Map<number, Pending>();
  readonly #facts: (model: number, facts: Facts) => void;
  #end: End | undefined;
  #count = 0;
  #open: () => void = () => {};
  readonly #ready: Promise<void>;
  #isReady = false;

  /** @param facts told what a model says of itself */
  constructor(port: Port, patience: number | undefined, facts: (model: number, facts: Facts) => void) {
    this.#port = port;
    this.#facts = facts;
    this.#ready = new Promise((resolve) => {
      this.#open = resolve;
    });
    listen(port, (message) => this.#hear(message as Report));
    if (isNodePort(port)) {
      port.on('error', (error) => this.#lose('The worker failed', error));
      port.on('exit', (code) => this.#lose(`The worker ended with exit code ${String(code)}`));
      port.on('messageerror', () => this.#lose('A message of the worker could not be read'));
    } else {
      port.addEventListener('error', (event) => {
        const told = 'message' in event && event.message ? String(event.message) : 'its module does not load';
        this.#lose(`The worker failed: ${told}`);
      });
      port.addEventListener('messageerror', () => this.#lose('A message of the worker could not be read'));
    }
    this.#expectLife(patience ?? defaultPatience);
    post(port, { kind: 'hello' } satisfies Order);
    this.#hold();
  }

  /** A number for a call or a model. */
  next(): number {
    this.#count += 1;
    return this.#count;
  }

  /**
   * Sends a call, and waits for what it comes to.
   *
   * @param what the call as messages name it: `predict()`
   * @throws {WorkerError} if the worker ends first
   * @throws {DisposedError} if it is disposed first
   */
  async call(what: string, call: number, order: Order, sent: SentArguments): Promise<Outcome> {
    if (this.#end) throw this.#end.ofRunning(what);
    const { signal } = sent;
    const abort = (): void => this.#send({ kind: 'abort', call, reason: signal && sentReason(signal) });
    signal?.addEventListener('abort', abort);
    try {
      return await new Promise<Outcome>((resolve, reject) => {
        this.#pending.set(call, { what, sent, resolve, reject, thrown: undefined });
        this.#hold();
        void this.#ready.then(() => {
          if (!this.#pending.has(call)) return;
          this.#sendCall(call, order, sent.transfer);
        });
      });
    } finally {
      signal?.removeEventListener('abort', abort);
      this.#pending.delete(call);
      this.#hold();
    }
  }

  /** Sends an order that nobody waits for. */
  tell(order: Order): void {
    void this.#ready.then(() => this.#send(order));
  }

  /** @throws {DisposedError} {WorkerError} where the worker has ended before a call begins */
  check(what: string): void {
    if (this.#end) throw this.#end.ofLater(what);
  }

  /** Ends the worker; calls that run end with a `DisposedError`. */
  dispose(): void {
    this.#finish({
      ofRunning: (what) => new DisposedError('The worker', what),
      ofLater: (what) => new DisposedError(`The worker that ${what} needs`),
    });
  }

  #sendCall(call: number, order: Order, transfer: readonly ArrayBuffer[]): void {
    try {
      post(this.#port, order, transfer);
    } catch (cause) {
      const pending = this.#pending.get(call);
      const reason = cause instanceof Error ? cause.message : String(cause);
      pending?.reject(new DTypeError(`${pending.what} was given what cannot go to a worker: ${reason}`));
    }
  }

  #send(order: Order): void {
    if (!this.#end) post(this.#port, order);
  }

  #hear(report: Report): void {
    switch (report.kind) {
      case 'alive':
        this.#isAlive = true;
        break;
      case 'ready':
        this.#becomeReady(report.lock);
        break;
      case 'failed':
        this.#lose('The set-up of the worker failed', receiveError(report.error));
        break;
      case 'facts':
        this.#facts(report.model, report.facts);
        break;
      case 'event':
        this.#event(report.call, report.callback, report.args);
        break;
      case 'error':
        this.#fail(report.call, receiveError(report.error));
        break;
      default:
        this.#settle(report);
    }
  }

  #isAlive = false;

  #becomeReady(lock: string | undefined): void {
    if (this.#isReady) return;
    this.#isReady = true;
    this.#isAlive = true;
    if (lock !== undefined) {
      void globalThis.navigator.locks.request(lock, () => this.#lose('The worker ended'));
    }
    this.#open();
  }

  #settle(outcome: Outcome): void {
    const pending = this.#pending.get(outcome.call);
    if (pending?.thrown) pending.reject(pending.thrown.error);
    else pending?.resolve(outcome);
  }

  #fail(call: number, error: unknown): void {
    const pending = this.#pending.get(call);
    if (!pending) return;
    const { signal } = pending.sent;
    // The reason as it was given: what came back is a copy.
    if (AbortedError.isInstance(error) && signal?.aborted) {
      Object.defineProperty(error, 'cause', { value: signal.reason, configurable: true, writable: true });
    }
    pending.reject(pending.thrown ? pending.thrown.error : error);
  }

  #event(call: number, callback: number, args: readonly unknown[]): void {
    const pending = this.#pending.get(call);
    if (!pending || pending.thrown) return;
    const fail = (error: unknown): void => {
      pending.thrown ??= { error };
      this.#send({ kind: 'abort', call, reason: undefined });
    };
    try {
      const given = pending.sent.callbacks[callback]?.(...args);
      void Promise.resolve(given).catch((error: unknown) => {
        // Of a call that has ended, nobody would hear: an unhandled rejection.
        if (!this.#pending.has(call)) throw error;
        fail(error);
      });
    } catch (error) {
      fail(error);
    }
  }

  #expectLife(patience: number): void {
    if (patience > longestTimer) return;
    const timer = setTimeout(() => {
      if (this.#isAlive || this.#isReady) return;
      this.#lose(
        `The worker gave no sign of life in ${patience / 1000} s: does its module call serveModels()`,
      );
    }, patience);
    if (typeof timer === 'object' && 'unref' in timer) timer.unref();
  }

  #lose(what: string, cause?: unknown): void {
    const reason = cause === undefined ? '' : `: ${cause instanceof Error ? cause.message : String(cause)}`;
    const end = `${what}${reason}`.replace(/[.?!]?$/, '.');
    const message = `${end} Its models are lost. Start another worker, and load or fit them there.`;
    const error = (): WorkerError => new WorkerError(message, cause === undefined ? {} : { cause });
    this.#finish({ ofRunning: error, ofLater: error });
  }

  #finish(end: End): void {
    if (this.#end) return;
    this.#end = end;
    for (const { what, reject } of this.#pending.values()) reject(end.ofRunning(what));
    this.#pending.clear();
    if (this.#port.terminate) void this.#port.terminate();
  }

  /** A worker keeps the process alive while it has something to do. */
  #hold(): void {
    if (!isNodePort(this.#port) || this.#end) return;
    if (this.#pending.size > 0) this.#port.ref?.();
    else this.#port.unref?.();
  }
}
