import type * as tfjs from '@tensorflow/tfjs-core';
import type { Tfjs } from './library.ts';

type Operand = tfjs.Tensor | tfjs.TensorLike;

// What takes the place of tfjs functions that are not sound on some tfjs backend. Each is made of those that
// are.

/** x / y with NaN for 0 / 0 and ∞ / ∞, where tfjs says 1 for all equal operands (WebGL). */
export function quotient(tf: Tfjs): Tfjs['div'] {
  return <T extends tfjs.Tensor>(x: Operand, y: Operand): T =>
    tf.tidy((): T => {
      const product: T = tf.mul(x, tf.reciprocal(y));
      return tf.where(tf.isNaN(product), product, tf.div<T>(x, y));
    });
}

/** x^y for x >= 0, where tfjs loses 0^−1 = ∞ or NaN (WebGL). */
export function power(tf: Tfjs): Tfjs['pow'] {
  return <T extends tfjs.Tensor>(x: Operand, y: Operand): T =>
    tf.tidy((): T => {
      const toThePowerZero: T = tf.equal(y, 0);
      const infinite = Number.POSITIVE_INFINITY;
      const ofZero = tf.where(tf.less(y, 0), infinite, tf.cast(toThePowerZero, 'float32'));
      const known = tf.where(tf.equal(x, 0), ofZero, tf.pow<T>(x, y));
      const proper: T = tf.where(tf.logicalOr(tf.isNaN(x), tf.isNaN(y)), Number.NaN, known);
      return tf.where(toThePowerZero, 1, proper);
    });
}

/** Row maxima by halving, where tfjs starts from a number above −∞ (WebGL). Of matrices, along axis 1. */
export function maximumOfRows(tf: Tfjs): Tfjs['max'] {
  return <T extends tfjs.Tensor>(x: Operand): T =>
    tf.tidy((): T => {
      let rest: tfjs.Tensor = tf.add(x, 0);
      while ((rest.shape[1] ?? 1) > 1) {
        const [rows = 0, columns = 1] = rest.shape;
        const half = Math.ceil(columns / 2);
        const [left, right] = [0, columns - half].map((begin) => tf.slice(rest, [0, begin], [rows, half]));
        rest = tf.maximum(left as tfjs.Tensor, right as tfjs.Tensor);
      }
      return rest as T;
    });
}

/** Polynomial of x by Horner's rule, highest coefficient first. */
function polynomial(tf: Tfjs, x: tfjs.Tensor, [first = 0, ...others]: readonly number[]): tfjs.Tensor {
  let value: tfjs.Tensor = tf.fill(x.shape, first);
  for (const coefficient of others) value = tf.add(tf.mul(value, x), coefficient);
  return value;
}

/** √(1 − x) times this is arccos x on [0, 1] to 2e-8. Source: Abramowitz & Stegun, 4.4.46. */
const arcCosine = [
  -0.0012624911, 0.0066700901, -0.0170881256, 0.030891881, -0.0501743046, 0.0889789874, -0.2145988016,
  1.570796305,
];

/** arccos on [−1, 1]. */
export function inverseCosine(tf: Tfjs): Tfjs['acos'] {
  return <T extends tfjs.Tensor>(x: T | tfjs.TensorLike): T =>
    tf.tidy((): T => {
      const size: tfjs.Tensor = tf.abs(x);
      const angle: T = tf.mul(tf.sqrt(tf.sub(1, size)), polynomial(tf, size, arcCosine));
      return tf.where(tf.less(x, 0), tf.sub<T>(Math.PI, angle), angle);
    });
}

/** π/2 in three parts: products of the first two with integers below 2^12 are exact. */
const quarterTurn = [1.5703125, 4.8351287841796875e-4, 3.1391647865e-7] as const;
/** Taylor series of sin(r)/r and cos(r) in r², good to 2e-9 for |r| <= π/4. */
const sineSeries = [1 / 362880, -1 / 5040, 1 / 120, -1 / 6, 1];
const cosineSeries = [-1 / 3628800, 1 / 40320, -1 / 720, 1 / 24, -1 / 2, 1];

/**
 * Sine or cosine of moderate arguments: reduced to |r| <= π/4, where Taylor series are short.
 * Source of the reduction: Cody & Waite 1980.
 *
 * @param turns 0 for the sine, 1 for the cosine
 */
export function sine(tf: Tfjs, turns: 0 | 1): Tfjs['sin'] {
  return <T extends tfjs.Tensor>(x: T | tfjs.TensorLike): T =>
    tf.tidy((): T => {
      const count: tfjs.Tensor = tf.floor(tf.add(tf.mul(x, 2 / Math.PI), 0.5));
      const r: tfjs.Tensor = quarterTurn.reduce(
        (rest: tfjs.Tensor, part) => tf.sub(rest, tf.mul(count, part)),
        tf.add(x, 0),
      );
      const squared: tfjs.Tensor = tf.square(r);
      const sines: T = tf.mul(r, polynomial(tf, squared, sineSeries));
      const cosines = polynomial(tf, squared, cosineSeries) as T;
      const quadrant = modulo(tf, tf.add(count, turns), 4);
      const value = tf.where(tf.equal(modulo(tf, quadrant, 2), 1), cosines, sines);
      return tf.where(tf.greater(quadrant, 1.5), tf.neg(value), value);
    });
}

function modulo(tf: Tfjs, x: tfjs.Tensor, n: number): tfjs.Tensor {
  return tf.sub(x, tf.mul(tf.floor(tf.mul(x, 1 / n)), n));
}
