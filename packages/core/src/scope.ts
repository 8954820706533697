import { type Backend, newTensors, type Tensor } from './backend.ts';

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

  /** @param backend a backend, or the `ops` of another scope, which owns new tensors as well */
  constructor(backend: Backend) {
    const outer = views.get(backend);
    const report = (made: Tensor): void => {
      outer?.report(made);
      this.own(made);
    };
    const target = outer?.target ?? backend;
    this.ops = trackingView(target, report);
    views.set(this.ops, { target, report });
  }

  /** Makes the scope own a tensor; returns it. */
  own<T extends Tensor>(tensor: T): T {
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

/** Behind the `ops` of each scope, so that a scope on them makes one view, not a view of a view. */
const views = new WeakMap<Backend, { readonly target: Backend; report(made: Tensor): void }>();

/** A view of `backend` that reports each tensor that its operations make. */
function trackingView(backend: Backend, report: (made: Tensor) => void): Backend {
  const wrappers = new Map<PropertyKey, unknown>();
  return new Proxy(backend, {
    get(target, property) {
      const known = wrappers.get(property);
      if (known) return known;
      const member: unknown = Reflect.get(target, property, target);
      if (typeof member !== 'function') return member;
      const wrapper =
        property === 'extension'
          ? trackedExtensions(target, report)
          : trackedOperation(property, (...args) => Reflect.apply(member, target, args), report);
      wrappers.set(property, wrapper);
      return wrapper;
    },
  });
}

type Operation = (...args: readonly unknown[]) => unknown;

const tensorOperations: ReadonlyMap<PropertyKey, (typeof newTensors)[keyof typeof newTensors]> = new Map(
  Object.entries(newTensors),
);

function trackedOperation(
  name: PropertyKey,
  operation: Operation,
  report: (made: Tensor) => void,
): Operation {
  const made = tensorOperations.get(name);
  if (!made) return operation;
  return (...args) => {
    const reportNew = (result: unknown): unknown => {
      const tensors: readonly Tensor[] = Reflect.apply(made, undefined, [result, ...args]);
      for (const tensor of tensors) report(tensor);
      return result;
    };
    const result = operation(...args);
    return result instanceof Promise ? result.then(reportNew) : reportNew(result);
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
