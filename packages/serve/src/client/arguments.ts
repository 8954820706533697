import { DisposedError, DTypeError, isTensor, shownValue, ValueError } from '@agop/core';
import { isListOf } from '@agop/core/options';
import { isTfTensor, type MatrixInput, type TfTensorLike, toHostMatrix } from '@agop/estimators';
import { isPlainObject, wholeBuffer } from '../wire/data.ts';
import { type Stand, stand } from '../wire/messages.ts';

const handedOver = new WeakSet<object>();

/**
 * Marks memory that moves to the worker with the next call instead of being copied: afterwards it is empty
 * here. For large data that nobody needs on this side any more.
 *
 * @param value a typed array that fills its buffer, or `{ data, shape }` with one
 * @throws {DTypeError} for anything that is no object
 *
 * @example
 * await model.fit(handOver({ data, shape: [n, d] }), y);
 */
export function handOver<T extends object>(value: T): T {
  const given: unknown = value;
  if (typeof given !== 'object' || given === null) {
    throw new DTypeError(`handOver() takes an array or { data, shape }, but is given ${shownValue(given)}.`);
  }
  handedOver.add('data' in value && typeof value.data === 'object' && value.data ? value.data : value);
  return value;
}

/** The arguments of a call as they cross, and what stays on this side. */
export interface SentArguments {
  readonly args: readonly unknown[];
  /** Memory that moves instead of being copied. */
  readonly transfer: readonly ArrayBuffer[];
  /** The functions among the options, by number. */
  readonly callbacks: readonly ((...args: unknown[]) => unknown)[];
  readonly signal: AbortSignal | undefined;
}

/**
 * Makes the arguments of a call such that they can cross. Samples and targets in arrays become one array of
 * memory that moves; tensors and tables are read.
 *
 * @param names of the first arguments, where these are samples or targets: `X`, `y`
 * @throws {DTypeError} for what is no data
 * @throws {ValueError} for what no array of data holds, with its row
 * @throws {DisposedError} for tensors that have been disposed
 */
export async function sendArguments(
  args: readonly unknown[],
  names: readonly string[] = [],
): Promise<SentArguments> {
  const sending = new Sending();
  const sent = await Promise.all(args.map((value, i) => sending.send(value, names[i])));
  const { transfer, callbacks, signal } = sending;
  return { args: sent, transfer: [...transfer], callbacks, signal };
}

class Sending {
  readonly transfer = new Set<ArrayBuffer>();
  readonly callbacks: ((...args: unknown[]) => unknown)[] = [];
  signal: AbortSignal | undefined;

  /** @param name of samples or targets, `X` or `y`; undefined for anything else */
  async send(value: unknown, name: string | undefined): Promise<unknown> {
    const what = name ?? 'an argument';
    if (typeof value === 'function') return this.#callback(value);
    if (typeof value !== 'object' || value === null) {
      if (typeof value === 'symbol') throw new DTypeError(`${what} must be data, but is a symbol.`);
      return value;
    }
    if (value instanceof AbortSignal) return this.#signal(value);
    if (isTensor(value)) return { data: this.#move(await value.read()), shape: value.shape };
    if (isTfTensor(value)) return sendTensor(value, what);
    if (Array.isArray(value)) return name === undefined ? value : this.#list(value, name);
    if (ArrayBuffer.isView(value)) return handedOver.has(value) ? this.#move(value) : value;
    if (isPlainObject(value)) return this.#object(value);
    return crossesAsItIs(value) ? value : this.#matrix(value, name);
  }

  async #object(value: Readonly<Record<string, unknown>>): Promise<unknown> {
    const entries = Object.entries(value).map(async ([key, inside]) => {
      const name = key === 'x' ? 'X' : key === 'y' ? 'y' : undefined;
      return [key, await this.send(inside, name)] as const;
    });
    return Object.fromEntries(await Promise.all(entries));
  }

  /** Rows of numbers as one matrix, numbers as one array; anything else as it is, to be judged there. */
  #list(list: readonly unknown[], what: string): unknown {
    const rows = packRows(list);
    if (rows) return { data: this.#move(rows.data), shape: rows.shape };
    if (list.length > 0 && isListOf(list, isNumber)) {
      return this.#move(Float64Array.from(list as readonly number[]));
    }
    // Ends at the first hole, however long the list says it is.
    const row = list.findIndex(
      (element, i) => typeof element === 'function' || typeof element === 'symbol' || !(i in list),
    );
    if (row < 0) return list;
    const found = row in list ? `a ${typeof list[row]}` : 'nothing';
    throw new ValueError(`${what} has ${found} in row ${row}.`, { row });
  }

  /** Tables of other libraries, whose methods would be lost on the way. */
  async #matrix(value: object, name: string | undefined): Promise<unknown> {
    try {
      const { data, rows, columns } = await toHostMatrix(value as MatrixInput, name ?? 'X');
      return { data, shape: [rows, columns] };
    } catch (error) {
      if (!DTypeError.isInstance(error) || name !== undefined) throw error;
      throw new DTypeError(
        `An object of class ${value.constructor.name} cannot be sent to a worker. Pass plain data, and make the rest in the worker's module.`,
      );
    }
  }

  #move<T>(array: T): T {
    const buffer = wholeBuffer(array);
    if (buffer) this.transfer.add(buffer);
    return array;
  }

  #callback(callback: object): Stand {
    this.callbacks.push((...args) => Reflect.apply(callback as () => unknown, undefined, args));
    return { [stand]: 'callback', callback: this.callbacks.length - 1 };
  }

  #signal(signal: AbortSignal): Stand {
    this.signal = signal;
    return { [stand]: 'signal', aborted: signal.aborted, reason: sentReason(signal) };
  }
}

/** The reason of an abort, as far as it can cross. */
export function sentReason({ reason }: AbortSignal): unknown {
  return reason instanceof Error || typeof reason === 'object' ? String(reason) : reason;
}

async function sendTensor(tensor: TfTensorLike & { isDisposed?: unknown }, what: string): Promise<Stand> {
  if (tensor.isDisposed === true) throw new DisposedError(`${what}: a tf.Tensor`);
  // What TensorFlow.js gives may be its own memory: it is copied.
  return { [stand]: 'tensor', dtype: tensor.dtype, shape: [...tensor.shape], data: await tensor.data() };
}

/** Rows of equal length that hold numbers only. */
function packRows(rows: readonly unknown[]) {
  const columns = lengthOf(rows[0]);
  if (columns === undefined || columns === 0) return undefined;
  const isRow = (row: unknown): boolean => lengthOf(row) === columns && isListOf(row, isNumber);
  if (!isListOf(rows, isRow)) return undefined;
  const data = new Float64Array(rows.length * columns);
  for (const [i, row] of rows.entries()) data.set(row as ArrayLike<number>, i * columns);
  return { data, shape: [rows.length, columns] };
}

const isNumber = (value: unknown): value is number => typeof value === 'number';

function lengthOf(row: unknown): number | undefined {
  if (Array.isArray(row)) return row.length;
  return ArrayBuffer.isView(row) && 'length' in row ? Number(row.length) : undefined;
}

/** Whether the structured clone algorithm keeps an object of a class. */
function crossesAsItIs(value: object): boolean {
  return /^\[object (Date|RegExp|Map|Set|Blob|(Shared)?ArrayBuffer|Error|String|Number|Boolean)\]$/.test(
    Object.prototype.toString.call(value),
  );
}
