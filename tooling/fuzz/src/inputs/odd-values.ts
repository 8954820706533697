import { constant } from '@agop/core';
import { gaussian, laplace } from '@agop/rfm';

/**
 * Values that a program in JavaScript may hand in by mistake or malice, by name: inputs of the fuzzer are
 * plain data, which these are not.
 */
export const oddValues: Readonly<Record<string, () => unknown>> = {
  undefined: () => undefined,
  null: () => null,
  true: () => true,
  false: () => false,
  NaN: () => Number.NaN,
  Infinity: () => Number.POSITIVE_INFINITY,
  '-Infinity': () => Number.NEGATIVE_INFINITY,
  '0': () => 0,
  '-0': () => -0,
  '1': () => 1,
  '2': () => 2,
  '-1': () => -1,
  '0.5': () => 0.5,
  '1e-3': () => 1e-3,
  '1e-300': () => 1e-300,
  '5e-324': () => 5e-324,
  '1e30': () => 1e30,
  '1e300': () => 1e300,
  '2^31': () => 2 ** 31,
  '2^32 + 1': () => 2 ** 32 + 1,
  '2^53': () => 2 ** 53,
  '1n': () => 1n,
  'empty text': () => '',
  "text '1'": () => '1',
  'text constructor': () => 'constructor',
  'text __proto__': () => '__proto__',
  'text laplace': () => 'laplace',
  'text float64': () => 'float64',
  'long text': () => 'x'.repeat(100_000),
  symbol: () => Symbol('odd'),
  'symbol iterator': () => Symbol.iterator,
  date: () => new Date(0),
  'date, invalid': () => new Date(Number.NaN),
  regexp: () => /a/g,
  '[]': () => [],
  '[[]]': () => [[]],
  '[1]': () => [1],
  '[NaN]': () => [Number.NaN],
  "['1']": () => ['1'],
  '[1, 2, 3]': () => [1, 2, 3],
  '[[1, 2], [3]]': () => [[1, 2], [3]],
  '[[[1]]]': () => [[[1]]],
  'sparse array': () => Object.assign([], { length: 5 }),
  'array with a hole': () => Object.assign([1, 2, 3, 4], { length: 6 }),
  'array in itself': () => {
    const array: unknown[] = [];
    array.push(array);
    return array;
  },
  'array of length 2^32 - 1': () => Object.assign([], { length: 2 ** 32 - 1 }),
  Float32Array: () => Float32Array.of(1, 2, 3),
  'empty Float64Array': () => new Float64Array(),
  BigInt64Array: () => BigInt64Array.of(1n, 2n),
  DataView: () => new DataView(new ArrayBuffer(8)),
  ArrayBuffer: () => new ArrayBuffer(16),
  'detached array': () => {
    const array = new Float64Array(4);
    structuredClone(array, { transfer: [array.buffer] });
    return array;
  },
  '{}': () => ({}),
  'object without prototype': () => Object.create(null),
  'object with __proto__': () => JSON.parse('{"__proto__": {"polluted": true}, "a": 1}'),
  'object with toString': () => ({ toString: () => 'laplace', valueOf: () => 3 }),
  'object whose getter throws': () =>
    Object.defineProperty({}, 'length', {
      enumerable: true,
      get: () => {
        throw new RangeError('from a getter');
      },
    }),
  'array-like with a lie': () => ({ length: 1e9, 0: 1 }),
  'array-like of length -1': () => ({ length: -1 }),
  'array-like of length NaN': () => ({ length: Number.NaN }),
  '{ data, shape } that lie': () => ({ data: [1, 2], shape: [1e9, 1e9] }),
  '{ data, shape } of NaN': () => ({ data: [1, 2], shape: [Number.NaN, 2] }),
  '{ data, shape } of texts': () => ({ data: ['a', 'b'], shape: [1, 2] }),
  '{ x, y } of nothing': () => ({ x: null, y: null }),
  'revoked proxy': () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
  'proxy of an array': () =>
    new Proxy(
      [
        [1, 2],
        [3, 4],
      ],
      {},
    ),
  'proxy that has everything': () => new Proxy({}, { get: () => 1, has: () => true }),
  Map: () => new Map([[1, 2]]),
  Set: () => new Set([1]),
  function: () => () => 1,
  'function that throws': () => () => {
    throw new TypeError('from a callback');
  },
  class: () => class Odd {},
  promise: () => Promise.resolve(1),
  error: () => new Error('a value'),
  expression: () => constant(1),
  'kernel factory': () => laplace,
  kernel: () => gaussian({ bandwidth: 2 }),
  'AbortSignal, aborted': () => AbortSignal.abort(),
  'AbortSignal of an odd reason': () => AbortSignal.abort(Symbol('reason')),
  'tf.Tensor that lies': () => ({
    shape: [2, 2],
    dtype: 'float32',
    data: async () => Float32Array.of(1),
    dispose: () => {},
  }),
  'Arrow table that lies': () => ({
    numRows: 1e9,
    schema: { fields: [{ name: 'a' }] },
    getChildAt: () => null,
  }),
};

export const oddNames: readonly string[] = Object.keys(oddValues);

/** @throws {TypeError} for a name that is not there */
export function oddValue(name: string): unknown {
  const make = Object.hasOwn(oddValues, name) ? oddValues[name] : undefined;
  if (make === undefined) throw new TypeError(`There is no odd value '${name}'.`);
  return make();
}
