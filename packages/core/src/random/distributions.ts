import { type FloatDType, hostArray } from '../dtype.ts';
import { OptionError } from '../errors/index.ts';
import { checkObject, checkWhole } from '../options/checks.ts';
import { philoxBlock } from './philox.ts';

/** `uniform` on [0, 1), standard `normal`, standard `cauchy`. */
export type Distribution = 'uniform' | 'normal' | 'cauchy';

/** Names a stream of random numbers. */
export interface RandomKey {
  /** Non-negative integer below 2^53. */
  readonly seed: number;
  /** Independent stream of that seed, non-negative integer below 2^53. Default 0. */
  readonly stream?: number;
}

/**
 * Random numbers on the host: the definition that every backend's `random` follows.
 *
 * Block b of Philox 4x32-10 (counter = [b, stream], key = seed, both as 64-bit integers) gives elements 2b
 * and 2b + 1: each pair of words makes a uniform number of 53 bits, two uniform numbers make two normal ones
 * (Box & Muller 1958). In float32 the same numbers are rounded; a uniform one that would round up to 1
 * becomes the largest number below it.
 *
 * @param length number of elements, below 2^32
 * @throws {OptionError} for a length, seed or stream that is not an integer in range
 */
export function randomArray(
  length: number,
  distribution: Distribution,
  key: RandomKey,
  dtype: 'float64',
): Float64Array;
export function randomArray(
  length: number,
  distribution: Distribution,
  key: RandomKey,
  dtype: FloatDType,
): Float32Array | Float64Array;
export function randomArray(
  length: number,
  distribution: Distribution,
  key: RandomKey,
  dtype: FloatDType,
): Float32Array | Float64Array {
  checkLength(length, 2 ** 32);
  checkObject('randomArray', key);
  const [key0, key1] = split('seed', key.seed);
  const [stream0, stream1] = split('stream', key.stream ?? 0);
  const out = hostArray(dtype, length);
  const counter = new Uint32Array([0, 0, stream0, stream1]);
  const words = new Uint32Array(4);
  const largest = dtype === 'float32' ? 1 - 2 ** -24 : 1;
  for (let i = 0; i < length; i += 2) {
    const block = i / 2;
    counter[0] = block >>> 0;
    counter[1] = Math.floor(block / 2 ** 32);
    philoxBlock(counter, key0, key1, words);
    const u = uniform53(words[0] as number, words[1] as number);
    const v = uniform53(words[2] as number, words[3] as number);
    let [first, second] = [u, v];
    if (distribution === 'uniform') {
      first = Math.min(u, largest);
      second = Math.min(v, largest);
    } else if (distribution === 'normal') {
      const radius = Math.sqrt(-2 * Math.log(1 - u));
      first = radius * Math.cos(2 * Math.PI * v);
      second = radius * Math.sin(2 * Math.PI * v);
    } else {
      first = Math.tan(Math.PI * (u - 0.5));
      second = Math.tan(Math.PI * (v - 0.5));
    }
    out[i] = first;
    if (i + 1 < length) out[i + 1] = second;
  }
  return out;
}

/**
 * A uniformly random permutation of 0 .. length - 1 (Fisher & Yates), the same everywhere for the same key.
 *
 * @param length below 2^31, as the numbers are of 32 bits
 * @throws {OptionError} for a length, seed or stream that is not an integer in range
 */
export function randomPermutation(length: number, key: RandomKey): Int32Array {
  checkLength(length, 2 ** 31);
  const order = Int32Array.from({ length }, (_, i) => i);
  const draws = randomArray(length, 'uniform', key, 'float64');
  for (let i = length - 1; i > 0; i--) {
    const j = Math.floor((draws[i] as number) * (i + 1));
    const kept = order[i] as number;
    order[i] = order[j] as number;
    order[j] = kept;
  }
  return order;
}

function checkLength(length: number, below: number): void {
  if (Number.isSafeInteger(length) && length >= 0 && length < below) return;
  throw new OptionError('length', {
    requirement: `be a whole number from 0, below ${below}`,
    received: length,
  });
}

function uniform53(high: number, low: number): number {
  return ((high >>> 5) * 2 ** 26 + (low >>> 6)) * 2 ** -53;
}

function split(option: string, value: number): [number, number] {
  checkWhole(option, value, 0);
  return [value >>> 0, Math.floor(value / 2 ** 32)];
}
