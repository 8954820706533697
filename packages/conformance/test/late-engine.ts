import { OutOfMemoryError, type TypedArray } from '@agop/core';
import type { Engine } from '@agop/core/engine';
import { naiveEngine } from '@agop/core/naive';

/** More elements than this are refused, later. */
const mostElements = 2 ** 20;

/** What becomes of memory that was refused. */
export interface LateFaults {
  /** Reading it gives whatever is there. */
  readonly forgets?: boolean;
  /** What is computed from it counts as computed. */
  readonly doesNotSpread?: boolean;
  /** One refusal is one too many. */
  readonly isBrokenByOne?: boolean;
}

/**
 * The naive engine as if on a device that works behind: memory that it does not have is refused in the read
 * or decomposition of what was to be computed in it, or from it.
 */
export function lateEngine(faults: LateFaults = {}): Engine<TypedArray> {
  const lost = new WeakSet<TypedArray>();
  let isBroken = false;
  const isLost = (buffer: TypedArray): boolean => isBroken || lost.has(buffer);
  const check = (buffers: readonly TypedArray[]): void => {
    if (!faults.forgets && buffers.some(isLost)) throw new OutOfMemoryError('late', Number.NaN);
  };
  const kernels = Object.entries(naiveEngine).flatMap(([name, kernel]) => {
    if (typeof kernel !== 'function' || memory.includes(name)) return [];
    const call = (...args: readonly unknown[]): unknown => Reflect.apply(kernel, undefined, args);
    const attempt = (...args: readonly unknown[]): unknown => {
      const buffers = args.flatMap(buffersOf);
      if (!buffers.some((buffer) => lost.has(buffer))) return call(...args);
      const out = buffersOf(args.findLast((arg) => buffersOf(arg).length > 0));
      if (!faults.doesNotSpread) for (const buffer of out) lost.add(buffer);
      return undefined;
    };
    const decompose = async (...args: readonly unknown[]): Promise<unknown> => {
      await Promise.resolve();
      check(args.flatMap(buffersOf));
      return call(...args);
    };
    return [[name, waiting.includes(name) ? decompose : attempt]];
  });
  return {
    ...naiveEngine,
    ...Object.fromEntries(kernels),
    name: 'late',
    allocate(size, dtype) {
      if (size <= mostElements) return naiveEngine.allocate(size, dtype);
      const nothing = naiveEngine.allocate(0, dtype);
      lost.add(nothing);
      isBroken = faults.isBrokenByOne ?? false;
      return nothing;
    },
    fill: (out, value) => void out.buffer.fill(value),
    identity(out) {
      if (lost.has(out.buffer)) return;
      for (let i = 0; i < out.rows; i++) {
        for (let j = 0; j < out.rows; j++) out.buffer[i * out.rows + j] = i === j ? 1 : 0;
      }
    },
    async read(buffer, size, dtype) {
      const elements = naiveEngine.read(buffer, size, dtype);
      await Promise.resolve();
      check([buffer]);
      return elements;
    },
  };
}

const memory = ['allocate', 'free', 'write', 'read', 'close'];
const waiting = ['cholesky', 'eigh'];

/** Those of a matrix, or of an input of an expression, among the arguments of a kernel. */
function buffersOf(arg: unknown): TypedArray[] {
  if (Array.isArray(arg)) return arg.flatMap(buffersOf);
  if (typeof arg !== 'object' || arg === null) return [];
  if ('matrix' in arg) return buffersOf(arg.matrix);
  return 'buffer' in arg && isTypedArray(arg.buffer) ? [arg.buffer] : [];
}

function isTypedArray(value: unknown): value is TypedArray {
  return value instanceof Float64Array || value instanceof Float32Array || value instanceof Int32Array;
}
