import { type Expression, evaluationOrder } from '@agop/core';
import { binaryOperators, unaryOperators } from '@agop/core/engine';

/**
 * The values that an expression may have on a machine that follows the definitions: from `low` to `high`, and
 * NaN where `nan`. Nothing but NaN where low > high.
 *
 * IEEE 754 fixes +, -, square roots, comparisons and choices to the last bit, so a range that is one number
 * stays one there. Products may be fused with sums, and quotients may be products with the reciprocal: a few
 * roundings. Other functions may be off by {@link tolerance}, in the argument and in the result. A comparison
 * that this leaves open keeps both branches, a quotient whose divisor may be 0 can be anything.
 */
export interface ValueRange {
  readonly low: number;
  readonly high: number;
  readonly nan: boolean;
}

/** How far functions other than those that IEEE 754 fixes may be off, relatively. */
const tolerance = 1e-11;
/** The same near 0, where numbers have fewer digits. */
const tiny = 1e-290;

const nothing: ValueRange = { low: Number.POSITIVE_INFINITY, high: Number.NEGATIVE_INFINITY, nan: false };
const anything: ValueRange = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY, nan: true };

/** The values that an expression may have at (x, y), in float64. */
export function rangeAt(expression: Expression, x: number, y: number): ValueRange {
  const ranges = new Map<Expression, ValueRange>();
  const of = (e: Expression): ValueRange => ranges.get(e) ?? anything;
  for (const e of evaluationOrder(expression)) ranges.set(e, rangeOf(e, { x, y }, of));
  return of(expression);
}

/** Whether a value is one that a range allows. */
export function isWithin({ low, high, nan }: ValueRange, value: number): boolean {
  return Number.isNaN(value) ? nan : value >= low && value <= high;
}

/** Whether a range says something: the values in it are equal but for rounding. */
export function isTight({ low, high, nan }: ValueRange): boolean {
  if (low > high || low === high) return true;
  return !nan && high - low <= 1e-6 * (1 + Math.abs(low));
}

function rangeOf(
  { node }: Expression,
  inputs: Readonly<Record<string, number>>,
  of: (e: Expression) => ValueRange,
): ValueRange {
  switch (node.kind) {
    case 'input':
      return point(inputs[node.name] ?? Number.NaN);
    case 'constant':
      return point(node.value);
    case 'unary':
      return withNaN(unaryRange(node.operator, of(node.operand)), of(node.operand).nan);
    case 'binary': {
      const [a, b] = [of(node.left), of(node.right)];
      // 1 to any power and anything to the power of 0 are 1 in some languages, NaN among them.
      if (node.operator === 'pow') return powerRange(a, b);
      if (isEmpty(a) || isEmpty(b)) return withNaN(nothing, true);
      return withNaN(binaryRange(node.operator, a, b), a.nan || b.nan);
    }
    case 'select': {
      const [a, b] = [of(node.left), of(node.right)];
      const comparison = node.comparison;
      const holds = (l: number, r: number): boolean => (comparison === 'less' ? l < r : l <= r);
      const mayHold = !isEmpty(a) && !isEmpty(b) && holds(a.low, b.high);
      const mayFail = a.nan || b.nan || isEmpty(a) || isEmpty(b) || !holds(a.high, b.low);
      return union(mayHold ? of(node.whenTrue) : nothing, mayFail ? of(node.whenFalse) : nothing);
    }
  }
}

function unaryRange(operator: keyof typeof unaryOperators, range: ValueRange): ValueRange {
  if (isEmpty(range)) return nothing;
  const f = unaryOperators[operator];
  switch (operator) {
    case 'neg':
    case 'sign':
      return hull([f(range.low), f(range.high)]);
    case 'abs': {
      const ends = [f(range.low), f(range.high)];
      return hull(contains(range, 0) ? [...ends, 0] : ends);
    }
    case 'reciprocal':
      return binaryRange('div', point(1), range);
    case 'sqrt':
      return monotone(f, range, 0);
    case 'log':
      return widened(monotone(f, widened(range), 0));
    case 'sin':
    case 'cos': {
      const { low, high } = widened(range);
      // Beyond the largest numbers there is no angle.
      if (!Number.isFinite(low) || !Number.isFinite(high)) return { low: -1, high: 1, nan: true };
      const [middle, half] = [low / 2 + high / 2, (high - low) / 2];
      if (half > Math.PI) return { low: -1, high: 1, nan: false };
      const { low: least, high: most } = widened(point(f(middle)));
      return { low: Math.max(-1, least - half), high: Math.min(1, most + half), nan: false };
    }
    case 'arcCosine0':
    case 'arcCosine1': {
      // Sums of numbers near 1, which nearly cancel at -1.
      const { low, high, nan } = monotone(f, widened(range), Number.NEGATIVE_INFINITY);
      return widened({ low: low - 1e-14, high: high + 1e-14, nan });
    }
    case 'exp':
    case 'tanh':
    case 'acos':
      return widened(monotone(f, widened(range), Number.NEGATIVE_INFINITY));
  }
}

/** The range of a function that rises or falls all along, and is NaN below `from`. */
function monotone(f: (x: number) => number, { low, high }: ValueRange, from: number): ValueRange {
  if (high < from) return withNaN(nothing, true);
  return withNaN(hull([f(Math.max(low, from)), f(high)]), low < from);
}

function binaryRange(
  operator: Exclude<keyof typeof binaryOperators, 'pow'>,
  a: ValueRange,
  b: ValueRange,
): ValueRange {
  const f = binaryOperators[operator];
  if (operator === 'div') return quotientRange(a, b);
  if (isPoint(a) && isPoint(b)) {
    const result = point(f(a.low, b.low));
    return operator === 'mul' && a.low !== 0 && b.low !== 0 ? productRange(result) : result;
  }
  // 0 × ∞ inside of a range, not at its corners.
  if (operator === 'mul' && ((contains(a, 0) && !isBounded(b)) || (contains(b, 0) && !isBounded(a)))) {
    return anything;
  }
  const range = hull([f(a.low, b.low), f(a.low, b.high), f(a.high, b.low), f(a.high, b.high)]);
  return operator === 'mul' ? productRange(range) : range;
}

/** A product that is fused with a sum is not rounded: neither to 0 nor to an infinity. */
function productRange(product: ValueRange): ValueRange {
  const by = (value: number): number =>
    Number.isFinite(value) ? 2 * Number.EPSILON * Math.abs(value) + Number.MIN_VALUE : 0;
  const { low, high, nan } = product;
  return {
    low: Math.min(low - by(low), Number.MAX_VALUE),
    high: Math.max(high + by(high), -Number.MAX_VALUE),
    nan,
  };
}

/** Some engines multiply by the reciprocal. */
function quotientRange(a: ValueRange, b: ValueRange): ValueRange {
  if (isPoint(a) && isPoint(b) && Number.isNaN(a.low / b.low)) return point(Number.NaN);
  if (contains(widened(b), 0)) {
    // Which infinity depends on the sign of the 0.
    return { ...anything, nan: contains(a, 0) || (!isBounded(a) && !isBounded(b)) };
  }
  if (!isBounded(a) && !isBounded(b)) return anything;
  return widened(hull([a.low / b.low, a.low / b.high, a.high / b.low, a.high / b.high]));
}

function powerRange(base: ValueRange, exponent: ValueRange): ValueRange {
  if (base.nan || exponent.nan) return anything;
  const isOpen =
    // The sign of an infinity, 0 to the power of 0, and the powers of 1 and of negative numbers.
    (contains(base, 0) && !(exponent.low > 0)) ||
    (contains(exponent, 0) && !(base.low > 0)) ||
    (contains(base, 1) && !isBounded(exponent)) ||
    (!isBounded(base) && contains(exponent, 0));
  if (isOpen) return anything;
  if (base.high < 0) return withNaN(nothing, true);
  const bases = widened({ ...base, low: Math.max(0, base.low) });
  const exponents = isPoint(exponent) ? exponent : widened(exponent);
  const [a, b] = [Math.max(0, bases.low), bases.high];
  const { low, high } = exponents;
  const powers = widened(hull([a ** low, a ** high, b ** low, b ** high]));
  return withNaN({ ...powers, low: Math.max(0, powers.low) }, base.low < 0);
}

function point(value: number): ValueRange {
  return Number.isNaN(value) ? withNaN(nothing, true) : { low: value, high: value, nan: false };
}

/** The range of what lies between some numbers, NaN if one of them is. */
function hull(values: readonly number[]): ValueRange {
  const numbers = values.filter((value) => !Number.isNaN(value));
  return { low: Math.min(...numbers), high: Math.max(...numbers), nan: numbers.length < values.length };
}

function widened(range: ValueRange): ValueRange {
  const by = (value: number): number => (Number.isFinite(value) ? tolerance * Math.abs(value) + tiny : 0);
  return { low: range.low - by(range.low), high: range.high + by(range.high), nan: range.nan };
}

function union(a: ValueRange, b: ValueRange): ValueRange {
  return { low: Math.min(a.low, b.low), high: Math.max(a.high, b.high), nan: a.nan || b.nan };
}

function withNaN(range: ValueRange, nan: boolean): ValueRange {
  return nan ? { ...range, nan } : range;
}

function isEmpty({ low, high }: ValueRange): boolean {
  return low > high;
}

function isPoint({ low, high, nan }: ValueRange): boolean {
  return low === high && !nan;
}

function isBounded({ low, high }: ValueRange): boolean {
  return Number.isFinite(low) && Number.isFinite(high);
}

function contains({ low, high }: ValueRange, value: number): boolean {
  return low <= value && value <= high;
}
