import { OptionError } from '../errors/index.ts';

/** Functions of one argument. `arcCosine0` and `arcCosine1` are the kernels k0, k1 of {@link Expression.arcCosine0}. */
export type UnaryOperator =
  | 'neg'
  | 'abs'
  | 'sign'
  | 'reciprocal'
  | 'sqrt'
  | 'exp'
  | 'log'
  | 'sin'
  | 'cos'
  | 'tanh'
  | 'acos'
  | 'arcCosine0'
  | 'arcCosine1';

/** Functions of two arguments. */
export type BinaryOperator = 'add' | 'sub' | 'mul' | 'div' | 'pow' | 'min' | 'max';

/** Comparisons of a select; false if either side is NaN. */
export type Comparison = 'less' | 'lessEqual';

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
 * once. Building one simplifies constants (x + 0, x * 1, x * 0, pow(x, 2), ...), without regard to NaN or infinity in x.
 *
 * @example
 * const s = input('s');
 * const laplace = s.sqrt().div(input('bandwidth')).neg().exp(); // exp(-sqrt(s) / L)
 */
export class Expression {
  /** Unique among live expressions; grows with construction, so operands have smaller ids. */
  readonly id: number;
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
   * this ^ exponent; NaN for a negative base, except that constant exponents of -1, 0, 1, 2, 3, 4 become products. Where
   * engines differ, pow(NaN, 0), pow(1, NaN) and pow(1, ±Infinity), the result is not specified.
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

  sqrt(): Expression {
    return unary('sqrt', this);
  }

  exp(): Expression {
    return unary('exp', this);
  }

  /** Natural logarithm. */
  log(): Expression {
    return unary('log', this);
  }

  sin(): Expression {
    return unary('sin', this);
  }

  cos(): Expression {
    return unary('cos', this);
  }

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

/** `whenTrue` where left < right, else `whenFalse` (also where left or right is NaN). The branch not taken may be NaN or infinite. */
export function selectLess(left: Operand, right: Operand, whenTrue: Operand, whenFalse: Operand): Expression {
  return select('less', lift(left), lift(right), lift(whenTrue), lift(whenFalse));
}

/** `whenTrue` where left <= right, else `whenFalse` (also where left or right is NaN). The branch not taken may be NaN or infinite. */
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

/** The value of a unary operator: the definition that all backends follow. */
export function applyUnary(operator: UnaryOperator, x: number): number {
  switch (operator) {
    case 'neg':
      return -x;
    case 'abs':
      return Math.abs(x);
    case 'sign':
      return Math.sign(x);
    case 'reciprocal':
      return 1 / x;
    case 'sqrt':
      return Math.sqrt(x);
    case 'exp':
      return Math.exp(x);
    case 'log':
      return Math.log(x);
    case 'sin':
      return Math.sin(x);
    case 'cos':
      return Math.cos(x);
    case 'tanh':
      return Math.tanh(x);
    case 'acos':
      return Math.acos(clampCosine(x));
    case 'arcCosine0':
      return 1 - Math.acos(clampCosine(x)) / Math.PI;
    case 'arcCosine1': {
      const c = clampCosine(x);
      const angle = Math.acos(c);
      return (Math.sqrt((1 - c) * (1 + c)) + (Math.PI - angle) * c) / Math.PI;
    }
  }
}

/** The value of a binary operator: the definition that all backends follow. */
export function applyBinary(operator: BinaryOperator, x: number, y: number): number {
  switch (operator) {
    case 'add':
      return x + y;
    case 'sub':
      return x - y;
    case 'mul':
      return x * y;
    case 'div':
      return x / y;
    case 'pow':
      return x < 0 ? Number.NaN : x ** y;
    case 'min':
      return Math.min(x, y);
    case 'max':
      return Math.max(x, y);
  }
}

function clampCosine(x: number): number {
  return Math.max(-1, Math.min(1, x));
}

function lift(operand: Operand): Expression {
  return typeof operand === 'number' ? constant(operand) : operand;
}

function unary(operator: UnaryOperator, operand: Expression): Expression {
  const node = operand.node;
  if (node.kind === 'constant') return constant(applyUnary(operator, node.value));
  if (operator === 'neg' && node.kind === 'unary' && node.operator === 'neg') return node.operand;
  return intern(`${operator} ${operand.id}`, { kind: 'unary', operator, operand });
}

function binary(operator: BinaryOperator, left: Expression, right: Expression): Expression {
  const a = constantValue(left);
  const b = constantValue(right);
  if (a !== undefined && b !== undefined) return constant(applyBinary(operator, a, b));
  const simple = simplifyBinary(operator, left, right, a, b);
  if (simple) return simple;
  // Sums and products do not depend on the order: sort, so that both orders are one object.
  const [x, y] = isCommutative(operator) && left.id > right.id ? [right, left] : [left, right];
  return intern(`${operator} ${x.id} ${y.id}`, { kind: 'binary', operator, left: x, right: y });
}

function isCommutative(operator: BinaryOperator): boolean {
  return operator === 'add' || operator === 'mul' || operator === 'min' || operator === 'max';
}

function simplifyBinary(
  operator: BinaryOperator,
  left: Expression,
  right: Expression,
  a: number | undefined,
  b: number | undefined,
): Expression | undefined {
  switch (operator) {
    case 'add':
      if (a === 0) return right;
      return b === 0 ? left : undefined;
    case 'sub':
      if (b === 0) return left;
      if (left === right) return constant(0);
      return a === 0 ? right.neg() : undefined;
    case 'mul':
      if (a === 0 || b === 0) return constant(0);
      if (a === 1) return right;
      if (b === 1) return left;
      if (a === -1) return right.neg();
      return b === -1 ? left.neg() : undefined;
    case 'div':
      if (a === 0) return constant(0);
      if (a === 1) return right.reciprocal();
      return b === 1 ? left : undefined;
    case 'pow':
      return b === undefined ? undefined : simplifyPower(left, b);
    case 'min':
    case 'max':
      return left === right ? left : undefined;
  }
}

function simplifyPower(base: Expression, exponent: number): Expression | undefined {
  switch (exponent) {
    case -1:
      return base.reciprocal();
    case 0:
      return constant(1);
    case 0.5:
      return base.sqrt();
    case 1:
      return base;
    case 2:
      return base.mul(base);
    case 3:
      return base.mul(base).mul(base);
    case 4:
      return base.mul(base).pow(2);
    default:
      return undefined;
  }
}

function select(
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
    return (comparison === 'less' ? a < b : a <= b) ? whenTrue : whenFalse;
  }
  const key = `${comparison} ${left.id} ${right.id} ${whenTrue.id} ${whenFalse.id}`;
  return intern(key, { kind: 'select', comparison, left, right, whenTrue, whenFalse });
}

// Interning: structure -> the live expression of that structure. Weak, so that expressions made with
// ever-changing constants do not pile up.
const interned = new Map<string, WeakRef<Expression>>();
const collected = new FinalizationRegistry<string>((key) => {
  if (interned.get(key)?.deref() === undefined) interned.delete(key);
});
let nextId = 0;

function intern(key: string, node: ExpressionNode): Expression {
  const existing = interned.get(key)?.deref();
  if (existing) return existing;
  const made = new Expression(nextId++, node);
  interned.set(key, new WeakRef(made));
  collected.register(made, key);
  return made;
}
