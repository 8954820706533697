import type { Backend } from '@agop/core';

/** What arguments are made with; tensors of `ops` are freed after the call. */
export interface Making {
  readonly ops: Backend;
  readonly backend: Backend;
}

/** A public function, or a class and what is done with it, with arguments that it takes. */
export interface Call {
  /** Names of the exports it tries. The first one names the call. */
  readonly of: readonly string[];
  /**
   * Numbers of arguments and names of options that only our own functions make, such as a table or a task:
   * the compiler checks that they are given, and they stay as they are.
   */
  readonly ours?: readonly string[];
  /** Whether people hand in anything there: then nothing is known of the kinds of its arguments. */
  readonly takesAnything?: boolean;
  /** Valid arguments, made anew for each call. */
  args(making: Making): readonly unknown[];
  /** The function; by default it is called, and what it gives is awaited. */
  call(...args: readonly unknown[]): unknown;
}

/** A function as it is. */
export function plain(
  name: string,
  f: object,
  args: (making: Making) => readonly unknown[],
  ...ours: readonly string[]
): Call {
  if (typeof f !== 'function') throw new TypeError(`${name} is no function.`);
  return { of: [name], ours, args, call: (...given) => Reflect.apply(f, undefined, given) };
}

/** A function whose first argument may ask for gigabytes, as it documents: there it is not tried. */
export function ofLength(name: string, f: object, args: (making: Making) => readonly unknown[]): Call {
  const { call, ...rest } = plain(name, f, args);
  const isLarge = (length: unknown): boolean =>
    typeof length === 'number' && length > 2 ** 24 && length < 2 ** 32;
  return { ...rest, call: (length, ...others) => (isLarge(length) ? undefined : call(length, ...others)) };
}

/** A function that people hand anything. */
export function open(name: string, f: object, args: (making: Making) => readonly unknown[]): Call {
  return { ...plain(name, f, args), takesAnything: true };
}

/** An asynchronous generator of which a few steps are taken. */
export function steps(
  name: string,
  f: object,
  args: (making: Making) => readonly unknown[],
  ...ours: readonly string[]
): Call {
  if (typeof f !== 'function') throw new TypeError(`${name} is no function.`);
  return {
    of: [name],
    ours,
    args,
    call: async (...given) => {
      const generator: AsyncGenerator<unknown> = Reflect.apply(f, undefined, given);
      let count = 0;
      for await (const _ of generator) if (++count === 3) break;
      return count;
    },
  };
}

/** An object whose constructor takes the first argument, and what is done with it. */
export function made(
  names: readonly string[],
  maker: object,
  args: (making: Making) => readonly unknown[],
  use: (object: Fitted, ...rest: readonly unknown[]) => Promise<unknown>,
): Call {
  if (typeof maker !== 'function') throw new TypeError(`${names[0]} is no class.`);
  return {
    of: names,
    takesAnything: true,
    args,
    call: async (options, ...rest) => {
      const object: Fitted = Reflect.construct(maker, [options]);
      try {
        return await use(object, ...rest);
      } finally {
        object.dispose();
      }
    },
  };
}

/** What the calls ask of estimators, with any arguments. */
export interface Fitted {
  fit(...args: readonly unknown[]): Promise<unknown>;
  predict(...args: readonly unknown[]): Promise<unknown>;
  score(...args: readonly unknown[]): Promise<unknown>;
  toBytes(...args: readonly unknown[]): Promise<Uint8Array>;
  gradients?(...args: readonly unknown[]): Promise<unknown>;
  agop?(...args: readonly unknown[]): Promise<unknown>;
  permutationImportances?(...args: readonly unknown[]): Promise<unknown>;
  predictProba?(...args: readonly unknown[]): Promise<unknown>;
  decisionFunction?(...args: readonly unknown[]): Promise<unknown>;
  transform?(...args: readonly unknown[]): Promise<unknown>;
  dispose(): void;
}
