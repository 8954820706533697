import { type BinaryOperator, derivative, type Expression, inputNames, type UnaryOperator } from '@agop/core';

/** What the operators mean, written down a second time. */
export const unaryMeaning: Readonly<Record<UnaryOperator, (x: number) => number>> = {
  neg: (x) => 0 - x,
  abs: (x) => (x < 0 ? -x : x),
  sign: (x) => (x > 0 ? 1 : x < 0 ? -1 : x),
  reciprocal: (x) => 1 / x,
  sqrt: Math.sqrt,
  exp: Math.exp,
  log: Math.log,
  sin: Math.sin,
  cos: Math.cos,
  tanh: Math.tanh,
  acos: (x) => Math.acos(cosine(x)),
  arcCosine0: (x) => (Math.PI - Math.acos(cosine(x))) / Math.PI,
  arcCosine1: (x) => {
    const angle = Math.acos(cosine(x));
    return (Math.sin(angle) + (Math.PI - angle) * Math.cos(angle)) / Math.PI;
  },
};

export const binaryMeaning: Readonly<Record<BinaryOperator, (x: number, y: number) => number>> = {
  add: (x, y) => x + y,
  sub: (x, y) => x - y,
  mul: (x, y) => x * y,
  div: (x, y) => x / y,
  pow: (x, y) => (x < 0 ? Number.NaN : x ** y),
  min: (x, y) => (x < y ? x : y < x ? y : x === y ? x : Number.NaN),
  max: (x, y) => (x > y ? x : y > x ? y : x === y ? x : Number.NaN),
};

function cosine(x: number): number {
  return Math.abs(x) > 1 ? Math.sign(x) : x;
}

/** Values of an expression's inputs. */
export type Values = Readonly<Record<string, number>>;

/**
 * An expression as a function of its inputs. Each part keeps its value for the point at which it was last
 * computed, so that shared parts are computed once.
 */
export function reference(expression: Expression): (values: Values) => number {
  const parts = new Map<Expression, Part>();
  const partOf = (e: Expression): Part => {
    const part = parts.get(e) ?? makePart(e, partOf);
    parts.set(e, part);
    return part;
  };
  const whole = partOf(expression);
  let point = 0;
  return (values) => {
    point += 1;
    return whole(values, point);
  };
}

/** The value of a part at a point; `point` counts the points. */
type Part = (values: Values, point: number) => number;

function makePart(e: Expression, partOf: (e: Expression) => Part): Part {
  const compute = computation(e, partOf);
  let [known, value] = [0, Number.NaN];
  return (values, point) => {
    if (known !== point) [known, value] = [point, compute(values, point)];
    return value;
  };
}

function computation({ node }: Expression, partOf: (e: Expression) => Part): Part {
  switch (node.kind) {
    case 'input':
      return (values) => values[node.name] as number;
    case 'constant':
      return () => node.value;
    case 'unary': {
      const operand = partOf(node.operand);
      const meaning = unaryMeaning[node.operator];
      return (values, point) => meaning(operand(values, point));
    }
    case 'binary': {
      const [left, right] = [partOf(node.left), partOf(node.right)];
      const meaning = binaryMeaning[node.operator];
      return (values, point) => meaning(left(values, point), right(values, point));
    }
    case 'select': {
      const [left, right] = [partOf(node.left), partOf(node.right)];
      const [yes, no] = [partOf(node.whenTrue), partOf(node.whenFalse)];
      const holds = { less: (x: number, y: number) => x < y, lessEqual: (x: number, y: number) => x <= y };
      const compare = holds[node.comparison];
      return (values, point) =>
        (compare(left(values, point), right(values, point)) ? yes : no)(values, point);
    }
  }
}

/**
 * How far a stable evaluation may be off: what moving each input, and the result, by a few rounding units
 * does. Inputs that come with an error of their own (an inner product) have it in `errors`.
 *
 * @returns a function of the inputs' values and errors
 */
export function errorBound(
  expression: Expression,
  epsilon: number,
): (values: Values, errors?: Values) => number {
  const whole = reference(expression);
  const partials = inputNames(expression).map((name) => ({
    name,
    slope: reference(derivative(expression, name)),
  }));
  return (values, errors = {}) => {
    let bound = 16 * epsilon * Math.abs(whole(values));
    for (const { name, slope } of partials) {
      const moved = 16 * epsilon * Math.abs(values[name] as number) + (errors[name] ?? 0);
      bound += Math.abs(slope(values)) * moved;
    }
    return bound;
  };
}
