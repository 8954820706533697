import {
  type BinaryOperator,
  constant,
  constantValue,
  type Expression,
  type UnaryOperator,
} from '@agop/core';

/** What a pattern may ask about the expression that it is a part of. */
export interface FusionContext {
  /** Whether a part has one value everywhere. */
  readonly isUniform: (e: Expression) => boolean;
  /** How often each part is an operand. */
  readonly uses: ReadonlyMap<Expression, number>;
}

/** One instruction for several nodes. */
export interface Fusion {
  readonly name: string;
  readonly operands: readonly Expression[];
}

/** The fused instruction that computes `e`, or undefined. */
export function matchFusion(e: Expression, context: FusionContext): Fusion | undefined {
  return squaredDistance(e) ?? scaledExponential(e, context) ?? multiplyAdd(e, context);
}

/** x * y + z, z - x * y: where the product is not needed otherwise. */
function multiplyAdd(e: Expression, { uses }: FusionContext): Fusion | undefined {
  const sum = binary(e, 'add');
  const difference = binary(e, 'sub');
  const [left, right] = sum ?? difference ?? [];
  if (!left || !right) return undefined;
  const candidates: [Expression, Expression][] = [[right, left]];
  if (sum) candidates.push([left, right]);
  for (const [product, other] of candidates) {
    const factors = binary(product, 'mul');
    if (factors && uses.get(product) === 1) {
      return { name: sum ? 'madd' : 'nmadd', operands: [...factors, other] };
    }
  }
  return undefined;
}

/**
 * exp(c x) and exp(c √x) for a factor c that has one value everywhere, however it is written: exp(-(x / L)),
 * exp(-x * g), ...
 */
function scaledExponential(e: Expression, context: FusionContext): Fusion | undefined {
  const argument = unary(e, 'exp');
  if (!argument) return undefined;
  const { factor, rest } = withoutFactors(argument, context);
  if (rest === argument) return undefined;
  const root = unary(rest, 'sqrt');
  if (root && context.uses.get(rest) === 1) return { name: 'expScaledRoot', operands: [root, factor] };
  const isFromZero = squaredDistance(rest) ?? unary(rest, 'sqrt') ?? unary(rest, 'abs');
  return { name: isFromZero ? 'expScaledDistance' : 'expScaled', operands: [rest, factor] };
}

/** Peels factors off that have one value everywhere. */
function withoutFactors(e: Expression, context: FusionContext): { factor: Expression; rest: Expression } {
  let factor = constant(1);
  let rest = e;
  while (context.uses.get(rest) === 1) {
    const negated = unary(rest, 'neg');
    const product = binary(rest, 'mul');
    const quotient = binary(rest, 'div');
    if (negated) {
      factor = factor.neg();
      rest = negated;
    } else if (product && context.isUniform(product[0])) {
      factor = factor.mul(product[0]);
      rest = product[1];
    } else if (product && context.isUniform(product[1])) {
      factor = factor.mul(product[1]);
      rest = product[0];
    } else if (quotient && context.isUniform(quotient[1])) {
      factor = factor.div(quotient[1]);
      rest = quotient[0];
    } else {
      break;
    }
  }
  return { factor, rest };
}

/** A squared distance d = p + q - 2u that is set to 0 at the level of rounding: d <= r + t ? 0 : d. */
function squaredDistance(e: Expression): Fusion | undefined {
  const node = e.node;
  if (node.kind !== 'select' || node.comparison !== 'lessEqual' || constantValue(node.whenTrue) !== 0)
    return undefined;
  if (node.whenFalse !== node.left) return undefined;
  const [sum, double] = binary(node.left, 'sub') ?? [];
  if (!sum || !double) return undefined;
  const terms = binary(sum, 'add');
  const factors = binary(double, 'mul');
  const two = factors?.findIndex((factor) => constantValue(factor) === 2) ?? -1;
  const rounding = binary(node.right, 'add');
  if (!terms || !factors || two < 0 || !rounding) return undefined;
  return { name: 'squaredDistance', operands: [factors[1 - two] as Expression, ...terms, ...rounding] };
}

function unary({ node }: Expression, operator: UnaryOperator): Expression | undefined {
  return node.kind === 'unary' && node.operator === operator ? node.operand : undefined;
}

function binary({ node }: Expression, operator: BinaryOperator): [Expression, Expression] | undefined {
  return node.kind === 'binary' && node.operator === operator ? [node.left, node.right] : undefined;
}
