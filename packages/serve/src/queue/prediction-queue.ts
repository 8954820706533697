import {
  AbortedError,
  AgopError,
  type AgopErrorCode,
  DisposedError,
  eventLoopTurn,
  OptionError,
  OverloadedError,
  ShapeError,
  throwIfAborted,
} from '@agop/core';
import { checkGiven, checkSignal } from '@agop/core/options';
import type { MatrixInput, TfTensorLike } from '@agop/estimators';
import { type QueueOptions, queueSettings } from './options.ts';
import { type Answers, type Piece, Request } from './request.ts';
import { extrapolationByRow, type RowExtrapolation } from './row-extrapolation.ts';
import { joinSamples, type ModelSamples, readSamples, type SamplePart } from './samples.ts';
import { takeRows } from './take.ts';

/** A model whose predictions can be joined: an estimator on matrices or tables, here or in a worker. */
export interface Predictor {
  predict(x: MatrixInput): Promise<unknown>;
}

/** Options of one request. */
export interface RequestOptions {
  /** Gives the request up; others in the same product are not touched. */
  readonly signal?: AbortSignal;
}

/** The samples that a model takes: matrices, and tables of `@agop/data` where it does. */
export type SamplesOf<M extends Predictor> = Parameters<M['predict']>[0] | MatrixInput;

/** What a method of a model gives for arrays. */
type AnswersOf<M, N extends string> =
  M extends Record<N, (...args: never[]) => Promise<infer A>> ? Exclude<A, TfTensorLike> : never;

/**
 * Joins small predictions that are asked for at the same time into one product: a row among many costs a
 * small part of what it costs alone. Answers are those of the model; requests are answered in the order of
 * their arrival, and large ones take turns with small ones.
 *
 * A request with bad input fails by itself. Where a product fails by the input of one request, its neighbors
 * are computed again without it.
 *
 * @typeParam M the model
 *
 * @example
 * const queue = new PredictionQueue(model, { rows: 256 });
 * const [price] = await queue.predict([[3, 120, 1987]]);
 */
export class PredictionQueue<M extends Predictor> {
  readonly #model: M;
  readonly #settings: Required<QueueOptions>;
  readonly #waiting = new Set<Request>();
  #isRunning = false;
  #isDisposed = false;

  /**
   * @param model stays the caller's
   * @throws {OptionError} for a model without `predict`, and an option out of range
   */
  constructor(model: M, options: QueueOptions = {}) {
    const given: unknown = model;
    if (typeof given !== 'object' || given === null || typeof Reflect.get(given, 'predict') !== 'function') {
      throw new OptionError('model', { requirement: 'have a predict()', received: given });
    }
    this.#model = model;
    this.#settings = queueSettings(options);
  }

  /** Rows that are in no product yet. */
  get waitingRows(): number {
    let rows = 0;
    for (const request of this.#waiting) rows += request.waiting;
    return rows;
  }

  /**
   * As the model's `predict`. A `tf.Tensor` is taken, and answered by an array.
   *
   * @param x samples [n, d], or a table of `@agop/data` where the model takes one: rows by the names of their
   *   columns, whose order may differ
   * @throws {OverloadedError} where too many rows are waiting
   * @throws {AbortedError} through `signal`
   * @throws {DisposedError} after `dispose` of the queue, the model or its worker
   * @throws {ValueError} for NaN or infinite values of a matrix, ragged or empty data, and columns of a table
   *   that are missing
   * @throws {ShapeError} for other features than those of the fit, and columns that differ in length
   * @throws {DTypeError} for data that is of no accepted kind
   * @throws {OptionError} for unknown options, and for a signal that is none
   * @throws {NotFittedError} before the model is fitted
   */
  predict(x: SamplesOf<M>, options?: RequestOptions): Promise<AnswersOf<M, 'predict'>> {
    return this.#ask('predict', x, options) as Promise<AnswersOf<M, 'predict'>>;
  }

  /**
   * As the model's `predictProba`: [n, classes], row-major.
   *
   * @param x as of `predict`
   * @throws what `predict` throws
   */
  predictProba(x: SamplesOf<M>, options?: RequestOptions): Promise<AnswersOf<M, 'predictProba'>> {
    return this.#ask('predictProba', x, options) as Promise<AnswersOf<M, 'predictProba'>>;
  }

  /**
   * As the `extrapolation` of an estimator of tables, row by row: which rows lie outside of what the model
   * was fitted on, and why. Undefined where the model does not tell.
   *
   * @param x as of `predict`
   * @throws what `predict` throws
   */
  async extrapolation(
    x: SamplesOf<M>,
    options?: RequestOptions,
  ): Promise<readonly RowExtrapolation[] | undefined> {
    if (typeof Reflect.get(this.#model, 'extrapolation') !== 'function') return undefined;
    return this.#ask('extrapolation', x, options) as Promise<readonly RowExtrapolation[]>;
  }

  /** Ends the queue: what waits fails with a `DisposedError`. The model stays. */
  dispose(): void {
    this.#isDisposed = true;
    for (const request of this.#waiting) request.fail(new DisposedError('The queue', `${request.method}()`));
    this.#waiting.clear();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  async #ask(method: string, x: unknown, options: RequestOptions = {}): Promise<Answers> {
    checkGiven(`${method}()`, options, { signal: true });
    const { signal } = options;
    checkSignal(signal);
    throwIfAborted(signal, 'The prediction');
    const request = new Request(await readSamples(x), method);
    this.#admit(request);
    const abort = (): void => request.fail(new AbortedError('The prediction', signal?.reason));
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort);
    if (!this.#isRunning) void this.#run();
    try {
      return await request.answered;
    } finally {
      signal?.removeEventListener('abort', abort);
      this.#waiting.delete(request);
    }
  }

  /** @throws {OverloadedError} where there is no room @throws {DisposedError} after `dispose` */
  #admit(request: Request): void {
    if (this.#isDisposed) throw new DisposedError('The queue');
    const [{ waitingRows: limit }, waiting] = [this.#settings, this.waitingRows];
    const { rows } = request.x;
    if (waiting + rows > limit) throw new OverloadedError(rows, waiting, limit);
    this.#waiting.add(request);
  }

  /** Computes products until nothing waits. */
  async #run(): Promise<void> {
    const { rows, delay } = this.#settings;
    this.#isRunning = true;
    try {
      while (this.#waiting.size > 0) {
        if (delay > 0 && this.waitingRows < rows) await new Promise((resolve) => setTimeout(resolve, delay));
        else await eventLoopTurn();
        const pieces = takeRows(this.#waiting, rows);
        for (const { request } of pieces) if (request.waiting === 0) this.#waiting.delete(request);
        if (pieces.length > 0) await this.#compute(pieces);
      }
    } finally {
      this.#isRunning = false;
    }
  }

  /** One product; where it fails by its input, halves of it, until the request is found that is to blame. */
  async #compute(pieces: readonly Piece[]): Promise<void> {
    const open = pieces.filter(({ request }) => !request.isOver);
    const [first] = open;
    if (!first) return;
    try {
      deal(open, await this.#answers(first.request.method, joinSamples(open.map(partOf))));
    } catch (error) {
      if (!isOfInput(error)) {
        for (const { request } of open) request.fail(error);
        return;
      }
      if (open.length > 1) {
        const middle = Math.ceil(open.length / 2);
        await this.#compute(open.slice(0, middle));
        await this.#compute(open.slice(middle));
        return;
      }
      await this.#alone(first, error);
    }
  }

  /** A request of which only a part was in the product fails as a whole would: with its own row numbers. */
  async #alone({ request, rows }: Piece, error: unknown): Promise<void> {
    if (rows === request.x.rows) {
      request.fail(error);
      return;
    }
    const whole = { request, begin: 0, rows: request.x.rows };
    try {
      request.finish(await this.#answers(request.method, joinSamples([partOf(whole)])));
    } catch (failure) {
      request.fail(failure);
    }
  }

  async #answers(method: string, x: ModelSamples): Promise<Answers> {
    const run: unknown = Reflect.get(this.#model, method);
    if (typeof run !== 'function') throw new ShapeError(`The model has no ${method}().`);
    const rows = 'data' in x ? (x.shape[0] ?? 0) : x.rows;
    const told: unknown = await Reflect.apply(run, this.#model, [x]);
    const answers = method === 'extrapolation' ? extrapolationByRow(told, rows) : told;
    const isList =
      Array.isArray(answers) || answers instanceof Float64Array || answers instanceof Float32Array;
    if (!isList || answers.length % rows !== 0) {
      throw new ShapeError(`${method}() of the model must give an array with as many answers for each row.`);
    }
    return answers;
  }
}

function partOf({ request: { x }, begin, rows }: Piece): SamplePart {
  return { x, begin, rows };
}

/** Gives each request its answers. */
function deal(pieces: readonly Piece[], answers: Answers): void {
  const total = pieces.reduce((sum, { rows }) => sum + rows, 0);
  const each = answers.length / total;
  let at = 0;
  for (const { request, begin, rows } of pieces) {
    request.answer(begin, rows, answers.slice(at, at + rows * each));
    at += rows * each;
  }
}

/** Whether an error may be that of one request: others of the same product may be sound. */
function isOfInput(error: unknown): boolean {
  return AgopError.isInstance(error) && inputCodes.has(error.code);
}

const inputCodes: ReadonlySet<AgopErrorCode> = new Set(['VALUE', 'SHAPE', 'DTYPE', 'LABEL', 'OUT_OF_MEMORY']);
