import { OptionError } from '../errors/index.ts';
import { Interner } from './interner.ts';
import {
  type BinaryOperator,
  binaryOperators,
  type Comparison,
  comparisons,
  type UnaryOperator,
  unaryOperators,
} from './operators.ts';
import { isCommutative, simplifyBinary } from './simplify.ts';

/** What an expression consists of. */
export type ExpressionNode =
  | { readonly kind: 'input'; readonly name: string }
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'select';
      readonly comparison: Comparison;
      readonly left: Expression;
      readonly right: Expression;
      readonly whenTrue: Expression;
      readonly whenFalse: Expression;
    };

/** An expression, or a number that becomes a constant. */
export type Operand = Expression | number;

/**
 * A scalar function of named inputs, written once and compiled by every backend: evaluated elementwise by
 * `map` and over pairs of rows by `pairwise`, differentiated by {@link derivative}.
 *
 * Expressions are immutable and interned: equal structure is the same object, so shared parts are computed
 * once. Building one simplifies constants (x + 0, x * 1, x * 0, pow(x, 2), ...), without regard to NaN or
 * infinity in x.
 *
 * @example
 * const s = input('s');
 * const laplace = s.sqrt().div(input('bandwidth')).neg().exp(); // exp(-sqrt(s) / L)
 */
export class Expression {
  /** Unique among live expressions; grows with construction, so operands have smaller ids. */
  readonly id: number;
  /** Its operator and operands, for those who compile it. */
  readonly node: ExpressionNode;

  /** Use {@link input} and {@link constant} and the methods to build expressions. */
  constructor(id: number, node: ExpressionNode) {
    this.id = id;
    this.node = node;
  }

  /** this + other */
  add(other: Operand): Expression {
    return binary('add', this, lift(other));
  }

  /** this - other */
  sub(other: Operand): Expression {
    return binary('sub', this, lift(other));
  }

  /** this * other */
  mul(other: Operand): Expression {
    return binary('mul', this, lift(other));
  }

  /** this / other */
  div(other: Operand): Expression {
    return binary('div', this, lift(other));
  }

  /**
   * this ^ exponent; NaN for a negative base, except that constant exponents of -1, 0, 1, 2, 3, 4 become
   * products. Where engines differ, the result is not specified: pow(x, 0) for a negative x or NaN,
   * pow(1, NaN) and pow(1, ±Infinity), and the sign of pow(−0, y).
   */
  pow(exponent: Operand): Expression {
    return binary('pow', this, lift(exponent));
  }

  /** The smaller of both; NaN if either is NaN. */
  min(other: Operand): Expression {
    return binary('min', this, lift(other));
  }

  /** The larger of both; NaN if either is NaN. */
  max(other: Operand): Expression {
    return binary('max', this, lift(other));
  }

  /** -this */
  neg(): Expression {
    return unary('neg', this);
  }

  /** |this| */
  abs(): Expression {
    return unary('abs', this);
  }

  /** -1, 0 or 1 */
  sign(): Expression {
    return unary('sign', this);
  }

  /** 1 / this */
  reciprocal(): Expression {
    return unary('reciprocal', this);
  }

  /** Square root; NaN below 0. */
  sqrt(): Expression {
    return unary('sqrt', this);
  }

  /** e ^ this */
  exp(): Expression {
    return unary('exp', this);
  }

  /** Natural logarithm. */
  log(): Expression {
    return unary('log', this);
  }

  /** Sine, of radians. */
  sin(): Expression {
    return unary('sin', this);
  }

  /** Cosine, of radians. */
  cos(): Expression {
    return unary('cos', this);
  }

  /** Hyperbolic tangent. */
  tanh(): Expression {
    return unary('tanh', this);
  }

  /** Arc cosine; the argument is clamped to [-1, 1]. */
  acos(): Expression {
    return unary('acos', this);
  }

  /**
   * Arc-cosine kernel of order 0 as a function of the cosine c, clamped to [-1, 1]: 1 - acos(c) / π.
   * Source: Cho & Saul 2009, eq. 6, normalised to k0(1) = 1.
   */
  arcCosine0(): Expression {
    return unary('arcCosine0', this);
  }

  /**
   * Arc-cosine kernel of order 1 as a function of the cosine c, clamped to [-1, 1]:
   * (sin t + (π - t) cos t) / π with t = acos(c). Its derivative is {@link arcCosine0}.
   * Source: Cho & Saul 2009, eq. 6, normalised to k1(1) = 1.
   */
  arcCosine1(): Expression {
    return unary('arcCosine1', this);
  }

  /** For error messages and debugging, e.g. `exp(neg(div(sqrt(s), L)))`. */
  toString(): string {
    const node = this.node;
    if (node.kind === 'input') return node.name;
    if (node.kind === 'constant') return String(node.value);
    if (node.kind === 'unary') return `${node.operator}(${node.operand})`;
    if (node.kind === 'binary') return `${node.operator}(${node.left}, ${node.right})`;
    return `select(${node.comparison}(${node.left}, ${node.right}), ${node.whenTrue}, ${node.whenFalse})`;
  }
}

/**
 * An input, bound to a tensor or number when the expression is evaluated.
 *
 * @throws {OptionError} for a name that is no identifier
 */
export function input(name: string): Expression {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    throw new OptionError('name', `An input's name must be an identifier, but is '${name}'.`);
  }
  return intern(`input ${name}`, { kind: 'input', name });
}

/** A constant. */
export function constant(value: number): Expression {
  return intern(`constant ${Object.is(value, -0) ? '-0' : value}`, { kind: 'constant', value });
}

/**
 * `whenTrue` where left < right, else `whenFalse` (also where left or right is NaN). The branch not taken may
 * be NaN or infinite.
 */
export function selectLess(left: Operand, right: Operand, whenTrue: Operand, whenFalse: Operand): Expression {
  return select('less', lift(left), lift(right), lift(whenTrue), lift(whenFalse));
}

/**
 * `whenTrue` where left <= right, else `whenFalse` (also where left or right is NaN). The branch not taken
 * may be NaN or infinite.
 */
export function selectLessEqual(
  left: Operand,
  right: Operand,
  whenTrue: Operand,
  whenFalse: Operand,
): Expression {
  return select('lessEqual', lift(left), lift(right), lift(whenTrue), lift(whenFalse));
}

/** The constant's value, or undefined. */
export function constantValue(expression: Expression): number | undefined {
  return expression.node.kind === 'constant' ? expression.node.value : undefined;
}

function lift(operand: Operand): Expression {
  if (typeof operand === 'number') return constant(operand);
  return checkExpression('operand', operand, 'be an expression or a number (is a parameter misspelt?)');
}

/** What was given as an expression. @throws {OptionError} for anything else */
export function checkExpression(
  option: string,
  given: unknown,
  requirement = 'be an expression, e.g. input(…)',
): Expression {
  if (isExpression(given)) return given;
  throw new OptionError(option, { requirement, received: given });
}

/** By what it has, not by its class: another copy of this package makes expressions, too. */
function isExpression(given: unknown): given is Expression {
  return typeof given === 'object' && given !== null && 'node' in given && 'id' in given;
}

/** An operator of one argument, by its name. */
export function unary(operator: UnaryOperator, operand: Expression): Expression {
  const node = operand.node;
  if (node.kind === 'constant') return constant(unaryOperators[operator](node.value));
  if (operator === 'neg' && node.kind === 'unary' && node.operator === 'neg') return node.operand;
  return intern(`${operator} ${operand.id}`, { kind: 'unary', operator, operand });
}

/** An operator of two arguments, by its name. */
export function binary(operator: BinaryOperator, left: Expression, right: Expression): Expression {
  const a = constantValue(left);
  const b = constantValue(right);
  if (a !== undefined && b !== undefined) return constant(binaryOperators[operator](a, b));
  const simple = simplifyBinary({ constant, unary, binary }, operator, [left, right], a, b);
  if (simple) return simple;
  // Sums and products do not depend on the order: sort, so that both orders are one object.
  const [x, y] = isCommutative(operator) && left.id > right.id ? [right, left] : [left, right];
  return intern(`${operator} ${x.id} ${y.id}`, { kind: 'binary', operator, left: x, right: y });
}

/** A choice by a comparison of its name. */
export function select(
  comparison: Comparison,
  left: Expression,
  right: Expression,
  whenTrue: Expression,
  whenFalse: Expression,
): Expression {
  if (whenTrue === whenFalse) return whenTrue;
  const a = constantValue(left);
  const b = constantValue(right);
  if (a !== undefined && b !== undefined) {
    return comparisons[comparison](a, b) ? whenTrue : whenFalse;
  }
  const key = `${comparison} ${left.id} ${right.id} ${whenTrue.id} ${whenFalse.id}`;
  return intern(key, { kind: 'select', comparison, left, right, whenTrue, whenFalse });
}

const expressions = new Interner<Expression>();
let nextId = 0;

function intern(structure: string, node: ExpressionNode): Expression {
  return expressions.get(structure, () => new Expression(nextId++, node));
}
