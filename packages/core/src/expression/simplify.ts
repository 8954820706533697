import type { BinaryOperator, UnaryOperator } from './operators.ts';

/** How simpler expressions are made. */
export interface Builder<E> {
  constant(value: number): E;
  unary(operator: UnaryOperator, operand: E): E;
  binary(operator: BinaryOperator, left: E, right: E): E;
}

/** Whether the order of the operands does not matter. */
export function isCommutative(operator: BinaryOperator): boolean {
  return operator === 'add' || operator === 'mul' || operator === 'min' || operator === 'max';
}

/**
 * A simpler expression of the same value, without regard to NaN or infinity in the operands; undefined where
 * there is none.
 *
 * @param a the value of the left operand, if that is a constant
 * @param b the value of the right operand, if that is a constant
 */
export function simplifyBinary<E>(
  make: Builder<E>,
  operator: BinaryOperator,
  [left, right]: readonly [E, E],
  a: number | undefined,
  b: number | undefined,
): E | undefined {
  switch (operator) {
    case 'add':
      if (a === 0) return right;
      return b === 0 ? left : undefined;
    case 'sub':
      if (b === 0) return left;
      if (left === right) return make.constant(0);
      return a === 0 ? make.unary('neg', right) : undefined;
    case 'mul':
      if (a === 0 || b === 0) return make.constant(0);
      if (a === 1) return right;
      if (b === 1) return left;
      if (a === -1) return make.unary('neg', right);
      return b === -1 ? make.unary('neg', left) : undefined;
    case 'div':
      if (a === 0) return make.constant(0);
      if (a === 1) return make.unary('reciprocal', right);
      return b === 1 ? left : undefined;
    case 'pow':
      return b === undefined ? undefined : simplifyPower(make, left, b);
    case 'min':
    case 'max':
      return left === right ? left : undefined;
  }
}

function simplifyPower<E>(make: Builder<E>, base: E, exponent: number): E | undefined {
  switch (exponent) {
    case -1:
      return make.unary('reciprocal', base);
    case 0:
      return make.constant(1);
    case 0.5:
      return make.unary('sqrt', base);
    case 1:
      return base;
    case 2:
      return make.binary('mul', base, base);
    case 3:
      return make.binary('mul', make.binary('mul', base, base), base);
    case 4:
      return make.binary('pow', make.binary('mul', base, base), make.constant(2));
    default:
      return undefined;
  }
}
