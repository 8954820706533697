import type { Backend, Tensor } from './backend.ts';

/**
 * Owns the tensors that are made through its {@link Scope.ops}, and frees them when it is disposed: at the end of a `using`
 * block, also when an error is thrown. Scopes are explicit objects, so that work that interleaves does not mix.
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
   * Frees what the scope owns and has not been disposed of before. Tensors that asynchronous work makes later are freed as they
   * arrive.
   */
  dispose(): void {
    this.#closed = true;
    for (const tensor of this.#owned) tensor.dispose();
    this.#owned.clear();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** What stands behind the `ops` of each scope, so that a scope on them makes one view and not a view of a view. */
const views = new WeakMap<Backend, { readonly target: Backend; report(made: Tensor): void }>();

/** Methods whose result is not a new tensor. */
const untracked = new Set<PropertyKey>(['memory', 'resetPeak', 'dispose', Symbol.dispose]);

/** A view of `backend` that reports each new tensor of a result. Tensors passed in (`out`, `overwrite`) are not new. */
function trackingView(backend: Backend, report: (made: Tensor) => void): Backend {
  const wrappers = new Map<PropertyKey, unknown>();
  const tracked = (operation: (...args: unknown[]) => unknown) => {
    return (...args: unknown[]): unknown => {
      const result = operation(...args);
      const reportNew = (value: unknown): unknown => {
        if (isTensor(value)) {
          if (!wasPassedIn(value, args)) report(value);
        } else {
          for (const tensor of tensorsOf(value)) report(tensor);
        }
        return value;
      };
      if (typeof result === 'function') return tracked((...rest) => Reflect.apply(result, undefined, rest));
      return result instanceof Promise ? result.then(reportNew) : reportNew(result);
    };
  };
  return new Proxy(backend, {
    get(target, property) {
      const known = wrappers.get(property);
      if (known) return known;
      const member: unknown = Reflect.get(target, property, target);
      if (typeof member !== 'function') return member;
      const operation = (...args: unknown[]): unknown => Reflect.apply(member, target, args);
      const wrapper = untracked.has(property) ? operation : tracked(operation);
      wrappers.set(property, wrapper);
      return wrapper;
    },
  });
}

/** Whether a result is an operand (`overwrite`) or the `out` of the options. */
function wasPassedIn(result: Tensor, args: readonly unknown[]): boolean {
  return args.some(
    (arg) =>
      arg === result || (typeof arg === 'object' && arg !== null && 'out' in arg && arg.out === result),
  );
}

/** The tensors of a result that holds several, such as an eigendecomposition. */
function tensorsOf(value: unknown): Tensor[] {
  return typeof value === 'object' && value !== null ? Object.values(value).filter(isTensor) : [];
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
