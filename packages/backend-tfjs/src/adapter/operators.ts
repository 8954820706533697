import type { BinaryOperator, Comparison, UnaryOperator } from '@agop/core';
import type * as tfjs from '@tensorflow/tfjs-core';
import type { Tfjs } from './library.ts';

/** Either a tensor or a constant. */
export type Value = tfjs.Tensor | number;

/**
 * A unary operator as `unaryOperators` of `@agop/core/engine` defines it. tfjs's own functions differ in
 * places: its sign of NaN is 0, its clip turns NaN into a bound, and its arc cosine is NaN outside [-1, 1].
 */
export function unary(tf: Tfjs, operator: UnaryOperator, x: tfjs.Tensor): tfjs.Tensor {
  switch (operator) {
    case 'neg':
    case 'abs':
    case 'reciprocal':
    case 'sqrt':
    case 'exp':
    case 'log':
    case 'sin':
    case 'cos':
    case 'tanh':
      return tf[operator](x);
    case 'sign':
      return tf.where(tf.greater(x, 0), 1, tf.where(tf.less(x, 0), -1, x));
    case 'acos':
      return tf.acos(clampCosine(tf, x));
    case 'arcCosine0':
      return tf.sub(1, tf.div(tf.acos(clampCosine(tf, x)), Math.PI));
    case 'arcCosine1': {
      const c = clampCosine(tf, x);
      const sine = tf.sqrt(tf.mul(tf.sub(1, c), tf.add(1, c)));
      return tf.div(tf.add(sine, tf.mul(tf.sub(Math.PI, tf.acos(c)), c)), Math.PI);
    }
  }
}

/** A binary operator as `binaryOperators` defines it. At least one of x and y is a tensor. */
export function binary(tf: Tfjs, operator: BinaryOperator, x: Value, y: Value): tfjs.Tensor {
  switch (operator) {
    case 'add':
    case 'sub':
    case 'mul':
    case 'div':
      return tf[operator](x, y);
    case 'pow':
      return power(tf, x, y);
    case 'min':
      return extreme(tf, tf.less, x, y);
    case 'max':
      return extreme(tf, tf.greater, x, y);
  }
}

/** Where the comparison holds the one, else (also with NaN) the other. */
export function select(
  tf: Tfjs,
  comparison: Comparison,
  left: Value,
  right: Value,
  whenTrue: Value,
  whenFalse: Value,
): tfjs.Tensor {
  const compare = comparison === 'less' ? tf.less : tf.lessEqual;
  return tf.where(compare(left, right), whenTrue, whenFalse);
}

/** NaN for a negative base, and, as in ECMAScript, for base 1 with an exponent that is not finite. */
function power(tf: Tfjs, x: Value, y: Value): tfjs.Tensor {
  const raised = tf.pow(x, y);
  const sound = typeof y === 'number' ? raised : tf.where(tf.equal(x, 1), tf.add(1, tf.mul(0, y)), raised);
  return tf.where(tf.less(x, 0), Number.NaN, sound);
}

/** Minimum or maximum. tfjs's own lose NaN on some backends; x + y keeps it. */
function extreme(tf: Tfjs, wins: Tfjs['less'], x: Value, y: Value): tfjs.Tensor {
  if (typeof y === 'number' && !Number.isNaN(y)) return tf.where(wins(y, x), y, x);
  if (typeof x === 'number' && !Number.isNaN(x)) return tf.where(wins(x, y), x, y);
  const equalOrNaN = tf.where(tf.equal(x, y), x, tf.add(x, y));
  return tf.where(wins(x, y), x, tf.where(wins(y, x), y, equalOrNaN));
}

function clampCosine(tf: Tfjs, x: tfjs.Tensor): tfjs.Tensor {
  return tf.where(tf.less(x, -1), -1, tf.where(tf.greater(x, 1), 1, x));
}
