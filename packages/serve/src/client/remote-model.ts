import { NotFittedError } from '@agop/core';
import { isTfTensor, toTfTensor } from '@agop/estimators';
import { receiveError } from '../wire/errors.ts';
import type { Facts } from '../wire/messages.ts';
import { givesTensors } from '../wire/methods.ts';
import { sendArguments } from './arguments.ts';
import type { Link } from './link.ts';

type AsyncMethod = (...args: never[]) => Promise<unknown>;
type AnyFunction = (...args: never[]) => unknown;

/** False for objects with methods, which do not cross threads. */
type IsData<T> = T extends AnyFunction
  ? false
  : T extends readonly unknown[] | ArrayBufferView
    ? true
    : T extends object
      ? true extends { [K in keyof T]-?: T[K] extends AnyFunction ? true : never }[keyof T]
        ? false
        : true
      : true;

/** The members of an estimator that are there from the other side of a thread. */
type Crossing<E> = {
  readonly [K in keyof E as K extends 'fit' | symbol
    ? never
    : E[K] extends AsyncMethod
      ? K
      : false extends IsData<E[K]>
        ? never
        : K]: E[K];
};

/**
 * An estimator that lives in a worker, with its methods that give promises and its properties that are plain
 * data: `fit`, `predict`, `predictProba`, `score`, `save`, `toBytes`, `fitted`, `classes`, `history`, …
 * Callbacks, signals, tensors and errors pass as if it were here.
 *
 * @typeParam E the estimator's class
 */
export type RemoteModel<E> = Crossing<E> & {
  /** Frees the model. What runs with it ends with a `DisposedError`. */
  dispose(): void;
  [Symbol.dispose](): void;
} & (E extends { fit(...args: infer A): Promise<unknown> }
    ? {
        /** As that of the estimator. */
        fit(...args: A): Promise<RemoteModel<E>>;
      }
    : unknown);

/** What this side knows of a model. */
export interface Known {
  facts: Facts;
  /** Between `dispose` and what the worker says of it. */
  isDisposed: boolean;
}

/** The stand-in for a model in the worker. */
export function remoteModel<E>(
  link: Link,
  id: number,
  methods: readonly string[],
  known: Known,
): RemoteModel<E> {
  const model = {} as RemoteModel<E>;
  // Calls are sent in the order in which they are made, however long their arguments take to be read.
  let order: Promise<unknown> = Promise.resolve();

  const call = async (method: string, args: readonly unknown[]): Promise<unknown> => {
    link.check(`${method}()`);
    const sending = sendArguments(args, ['X', 'y']);
    const turn = order.then(() => sending);
    order = turn.catch(() => undefined);
    const sent = await turn;
    const number = link.next();
    const outcome = await link.call(
      `${method}()`,
      number,
      { kind: 'call', call: number, model: id, method, args: sent.args },
      sent,
    );
    if (outcome.kind !== 'done') return model;
    return givesTensors.has(method) && isTfTensor(args[0]) ? asTensor(outcome.value, args[0]) : outcome.value;
  };

  const dispose = (): void => {
    known.isDisposed = true;
    void order.then(() => link.tell({ kind: 'dispose', model: id }));
  };

  const fact = (name: string): unknown => {
    if (known.isDisposed) {
      if (name === 'fitted') return false;
      throw new NotFittedError(name, true);
    }
    const told = known.facts[name];
    if (told && 'error' in told) throw receiveError(told.error);
    return told?.value;
  };

  const members: PropertyDescriptorMap = {};
  for (const name of Object.keys(known.facts)) members[name] = { get: () => fact(name), enumerable: true };
  for (const name of methods) {
    members[name] = { value: (...args: readonly unknown[]) => call(name, args), writable: true };
  }
  members['dispose'] = { value: dispose };
  return Object.defineProperties(model, { ...members, [Symbol.dispose]: { value: dispose } });
}

/** An answer in the kind that the samples had. */
function asTensor(value: unknown, { shape: [rows = 0] }: { readonly shape: readonly number[] }): unknown {
  if (value instanceof Float64Array || value instanceof Float32Array) {
    return toTfTensor(value, value.length === rows ? [rows] : [rows, value.length / rows]);
  }
  if (typeof value !== 'object' || value === null || !('data' in value && 'shape' in value)) return value;
  return toTfTensor(value.data as ArrayLike<number>, value.shape as readonly number[]);
}
