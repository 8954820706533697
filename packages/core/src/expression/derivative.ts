import { constant, type Expression, select, selectLess, selectLessEqual } from './expression.ts';
import type { BinaryOperator, UnaryOperator } from './operators.ts';

/**
 * The partial derivative of an expression with respect to one of its inputs, as an expression.
 *
 * Where a function is finite but its derivative is not (square root and powers below 1 at 0, arc cosine and
 * {@link Expression.arcCosine0} at ±1), the derivative is taken as 0: the convention of the published kernel
 * machines for coincident points. The derivative of |x| and sign(x) at 0 is 0; min, max and select follow
 * the branch that is taken.
 *
 * @param expression the function
 * @param name the input; one that does not occur gives 0
 */
export function derivative(expression: Expression, name: string): Expression {
  const known = new Map<Expression, Expression>();
  const visit = (e: Expression): Expression => {
    const found = known.get(e);
    if (found) return found;
    const result = differentiate(e, name, visit);
    known.set(e, result);
    return result;
  };
  return visit(expression);
}

type Visit = (expression: Expression) => Expression;

function differentiate(e: Expression, name: string, visit: Visit): Expression {
  const node = e.node;
  switch (node.kind) {
    case 'input':
      return constant(node.name === name ? 1 : 0);
    case 'constant':
      return constant(0);
    case 'unary':
      return unaryDerivative(e, node.operator, node.operand, visit(node.operand));
    case 'binary':
      return binaryDerivative(e, node.operator, node.left, node.right, visit(node.left), visit(node.right));
    case 'select':
      return select(node.comparison, node.left, node.right, visit(node.whenTrue), visit(node.whenFalse));
  }
}

function unaryDerivative(e: Expression, operator: UnaryOperator, x: Expression, dx: Expression): Expression {
  if (isZero(dx)) return dx;
  switch (operator) {
    case 'neg':
      return dx.neg();
    case 'abs':
      return x.sign().mul(dx);
    case 'reciprocal':
      return e.mul(e).mul(dx).neg();
    case 'sqrt':
      return unlessNonPositive(x, constant(0.5).div(e)).mul(dx);
    case 'exp':
      return e.mul(dx);
    case 'log':
      return dx.div(x);
    case 'sin':
      return x.cos().mul(dx);
    case 'cos':
      return x.sin().mul(dx).neg();
    case 'tanh':
      return constant(1).sub(e.mul(e)).mul(dx);
    case 'acos':
      return unlessNonPositive(sineSquared(x), sineSquared(x).sqrt().reciprocal()).mul(dx).neg();
    case 'arcCosine0':
      return unlessNonPositive(sineSquared(x), sineSquared(x).sqrt().mul(Math.PI).reciprocal()).mul(dx);
    case 'arcCosine1':
      return x.arcCosine0().mul(dx);
    case 'sign':
      return constant(0);
  }
}

function binaryDerivative(
  e: Expression,
  operator: BinaryOperator,
  x: Expression,
  y: Expression,
  dx: Expression,
  dy: Expression,
): Expression {
  if (isZero(dx) && isZero(dy)) return dx;
  switch (operator) {
    case 'add':
      return dx.add(dy);
    case 'sub':
      return dx.sub(dy);
    case 'mul':
      return dx.mul(y).add(x.mul(dy));
    case 'div':
      return isZero(dy) ? dx.div(y) : dx.sub(e.mul(dy)).div(y);
    case 'pow':
      return powerDerivative(e, x, y, dx, dy);
    case 'min':
      return selectLess(y, x, dy, dx);
    case 'max':
      return selectLess(x, y, dy, dx);
  }
}

function powerDerivative(
  e: Expression,
  base: Expression,
  exponent: Expression,
  dBase: Expression,
  dExponent: Expression,
): Expression {
  const byBase = unlessNonPositive(base, exponent.mul(base.pow(exponent.sub(1)))).mul(dBase);
  if (isZero(dExponent)) return byBase;
  return byBase.add(unlessNonPositive(base, e.mul(base.log())).mul(dExponent));
}

/** (1 - x)(1 + x): 1 - x² without the cancellation next to ±1. */
function sineSquared(x: Expression): Expression {
  return constant(1).sub(x).mul(x.add(1));
}

function unlessNonPositive(guard: Expression, value: Expression): Expression {
  return selectLessEqual(guard, 0, 0, value);
}

function isZero(e: Expression): boolean {
  return e.node.kind === 'constant' && e.node.value === 0;
}
