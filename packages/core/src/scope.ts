import { type Backend, newTensors, type Tensor } from './backend.ts';
import { checkBackend } from './check-backend.ts';
import { DTypeError, shownValue } from './errors/index.ts';

/**
 * Owns the tensors that are made through its {@link Scope.ops}, and frees them when it is disposed: at the
 * end of a `using` block, also when an error is thrown. Scopes are explicit objects, so that work that
 * interleaves does not mix.
 *
 * @example
 * async function fit(backend: Backend): Promise<Tensor> {
 *   using scope = new Scope(backend);
 *   const k = scope.ops.gram(x);                           // freed at the end
 *   return scope.keep(await scope.ops.cholesky(k));        // survives
 * }
 */
export class Scope {
  /** The backend, except that each new tensor belongs to this scope (and to the scopes around it). */
  readonly ops: Backend;
  readonly #owned = new Set<Tensor>();
  #closed = false;

  /**
   * @param backend a backend, or the `ops` of another scope, which owns new tensors as well
   * @throws {OptionError} for anything else
   */
  constructor(backend: Backend) {
    const outer = viewBehind(backend);
    if (!outer) checkBackend(backend);
    this.ops = new TrackingView(outer?.target ?? backend, (made) => {
      outer?.report(made);
      this.own(made);
    }).ops;
  }

  /**
   * Makes the scope own a tensor; returns it.
   *
   * @throws {DTypeError} for anything else, which could not be freed at the end
   */
  own<T extends Tensor>(tensor: T): T {
    const given: unknown = tensor;
    if (!isTensor(given) || typeof given.dispose !== 'function') {
      throw new DTypeError(`A scope owns tensors, but is given ${shownValue(given)}.`);
    }
    if (this.#closed) tensor.dispose();
    else this.#owned.add(tensor);
    return tensor;
  }

  /** Takes a tensor out of the scope: the caller owns it now. Returns it. */
  keep<T extends Tensor>(tensor: T): T {
    this.#owned.delete(tensor);
    return tensor;
  }

  /**
   * Frees what the scope owns and has not been disposed of before. Tensors that asynchronous work makes later
   * are freed as they arrive.
   */
  dispose(): void {
    this.#closed = true;
    for (const tensor of this.#owned) tensor.dispose();
    this.#owned.clear();
  }

  /** The same at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}

/**
 * What stands behind the `ops` of a scope: a view of a backend that reports each tensor that its operations
 * make.
 */
class TrackingView implements ProxyHandler<Backend> {
  readonly target: Backend;
  readonly report: (made: Tensor) => void;
  readonly ops: Backend;
  readonly #wrappers = new Map<PropertyKey, unknown>();

  constructor(target: Backend, report: (made: Tensor) => void) {
    this.target = target;
    this.report = report;
    this.ops = new Proxy(target, this);
  }

  get(target: Backend, property: PropertyKey): unknown {
    const known = this.#wrappers.get(property);
    if (known) return known;
    if (property === view) return this;
    const member: unknown = Reflect.get(target, property, target);
    if (typeof member !== 'function') return member;
    const operation = (args: readonly unknown[]): unknown => Reflect.apply(member, target, args);
    const wrapper =
      property === 'extension'
        ? trackedExtensions(target, this.report)
        : tracked(operation, tensorOperations.get(property), this.report);
    this.#wrappers.set(property, wrapper);
    return wrapper;
  }
}

/**
 * Under this the `ops` of a scope tell their view, so that a scope on them is a view of the backend and not
 * of a view.
 */
const view = Symbol('view');

function viewBehind(backend: Backend): TrackingView | undefined {
  const found: unknown = typeof backend === 'object' && backend ? Reflect.get(backend, view) : undefined;
  return found instanceof TrackingView && found.ops === backend ? found : undefined;
}

type NewTensors = (typeof newTensors)[keyof typeof newTensors];

const tensorOperations: ReadonlyMap<PropertyKey, NewTensors> = new Map(Object.entries(newTensors));

/** @param made which tensors of a result are new; undefined for a function that gives none */
function tracked(
  operation: (args: readonly unknown[]) => unknown,
  made: NewTensors | undefined,
  report: (made: Tensor) => void,
): (...args: readonly unknown[]) => unknown {
  if (!made) return (...args) => operation(args);
  const reportNew = (result: unknown, args: readonly unknown[]): unknown => {
    const tensors: readonly Tensor[] = Reflect.apply(made, undefined, [result, args]);
    for (const tensor of tensors) report(tensor);
    return result;
  };
  return (...args) => {
    const result = operation(args);
    return result instanceof Promise
      ? result.then((settled: unknown) => reportNew(settled, args))
      : reportNew(result, args);
  };
}

function trackedExtensions(backend: Backend, report: (made: Tensor) => void): Backend['extension'] {
  return (key) => {
    const operation = backend.extension(key);
    if (!operation) return undefined;
    return (operands, options) => {
      const made = operation(operands, options);
      report(made);
      return made;
    };
  };
}

/** True for a tensor of any agop backend. */
export function isTensor(value: unknown): value is Tensor {
  return (
    typeof value === 'object' &&
    value !== null &&
    'backend' in value &&
    'shape' in value &&
    'read' in value &&
    typeof value.read === 'function'
  );
}
