import type { SentError } from './errors.ts';

/** What the worker is asked. Calls and models have numbers, which the asking side gives. */
export type Order =
  | { readonly kind: 'hello' }
  | {
      readonly kind: 'make';
      readonly call: number;
      readonly model: number;
      readonly maker: string;
      readonly args: readonly unknown[];
    }
  | {
      readonly kind: 'call';
      readonly call: number;
      readonly model: number;
      readonly method: string;
      readonly args: readonly unknown[];
    }
  | { readonly kind: 'abort'; readonly call: number; readonly reason: unknown }
  | { readonly kind: 'dispose'; readonly model: number }
  /** The model is out of reach: free it, and the estimator. */
  | { readonly kind: 'forget'; readonly model: number };

/** What the worker tells. */
export type Report =
  /** Its module has come to `serveModels`. */
  | { readonly kind: 'alive' }
  /** It takes orders. Whoever gets the lock of this name knows that the worker has ended. */
  | { readonly kind: 'ready'; readonly lock: string | undefined }
  | { readonly kind: 'failed'; readonly error: SentError }
  | {
      readonly kind: 'made';
      readonly call: number;
      readonly methods: readonly string[];
      readonly facts: Facts;
    }
  | { readonly kind: 'done'; readonly call: number; readonly value: unknown }
  /** The call gave the model itself. */
  | { readonly kind: 'self'; readonly call: number }
  | { readonly kind: 'error'; readonly call: number; readonly error: SentError }
  | {
      readonly kind: 'event';
      readonly call: number;
      readonly callback: number;
      readonly args: readonly unknown[];
    }
  | { readonly kind: 'facts'; readonly model: number; readonly facts: Facts };

/** What an estimator says of itself without being asked: its properties, or what reading them throws. */
export type Facts = Readonly<Record<string, { readonly value: unknown } | { readonly error: SentError }>>;

/** Stands for something in the arguments of a call that cannot cross as it is. */
export type Stand =
  | { readonly [stand]: 'callback'; readonly callback: number }
  | { readonly [stand]: 'signal'; readonly aborted: boolean; readonly reason: unknown }
  | {
      readonly [stand]: 'tensor';
      readonly dtype: string;
      readonly shape: readonly number[];
      readonly data: ArrayLike<number>;
    };

/** The key by which stand-ins are known. */
export const stand = '@agop/serve';

/** Whether a value that has crossed stands for something else. */
export function isStand(value: unknown): value is Stand {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, stand);
}
