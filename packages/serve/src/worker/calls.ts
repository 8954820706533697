import { isPlainObject } from '../wire/data.ts';
import { isStand, type Stand, stand } from '../wire/messages.ts';

/** What stands behind the arguments of one call. */
export interface CallSite {
  /** Whether the method gives a `tf.Tensor` for one: what it is given here is an array, then. */
  readonly givesTensors: boolean;
  /** Whether a failing callback is to stop it, though the caller gave no signal. */
  readonly stops: boolean;
  /** Calls a function of the other side; what that gives does not come back. */
  event(callback: number, args: readonly unknown[]): void;
  readonly controller: AbortController;
}

/** The arguments of a call as the method wants them. */
export function receiveArguments(args: readonly unknown[], site: CallSite): unknown[] {
  return args.map((value, i) =>
    i === 0 && site.givesTensors && isStand(value) && value[stand] === 'tensor'
      ? { data: value.data, shape: value.shape }
      : receive(value, site),
  );
}

function receive(value: unknown, site: CallSite): unknown {
  if (isStand(value)) return behind(value, site);
  if (!isPlainObject(value)) return value;
  const received = Object.entries(value).map(([key, inside]) => [key, receive(inside, site)] as const);
  const hasCallback = Object.values(value).some((inside) => isStand(inside) && inside[stand] === 'callback');
  const signal = site.stops && hasCallback ? { signal: site.controller.signal } : {};
  return { ...signal, ...Object.fromEntries(received) };
}

function behind(value: Stand, { event, controller }: CallSite): unknown {
  switch (value[stand]) {
    case 'callback':
      return (...args: readonly unknown[]) => event(value.callback, args);
    case 'signal':
      if (value.aborted) controller.abort(value.reason);
      return controller.signal;
    case 'tensor': {
      const { data, shape, dtype } = value;
      return { shape, dtype, data: async () => data, dispose: () => undefined };
    }
  }
}
