/** Functions of one argument. */
export type UnaryOperator = keyof typeof unaryOperators;

/** Functions of two arguments. */
export type BinaryOperator = keyof typeof binaryOperators;

/** Comparisons of a select; false if either side is NaN. */
export type Comparison = keyof typeof comparisons;

/** The unary operators: the definitions that all backends follow. */
export const unaryOperators = {
  neg: (x: number) => -x,
  abs: Math.abs,
  sign: Math.sign,
  reciprocal: (x: number) => 1 / x,
  sqrt: Math.sqrt,
  exp: Math.exp,
  log: Math.log,
  sin: Math.sin,
  cos: Math.cos,
  tanh: Math.tanh,
  acos: (x: number) => Math.acos(clampCosine(x)),
  /** The arc-cosine kernel of order 0. */
  arcCosine0: (x: number) => 1 - Math.acos(clampCosine(x)) / Math.PI,
  /** The arc-cosine kernel of order 1. */
  arcCosine1: (x: number) => {
    const c = clampCosine(x);
    const angle = Math.acos(c);
    return (Math.sqrt((1 - c) * (1 + c)) + (Math.PI - angle) * c) / Math.PI;
  },
} satisfies Record<string, (x: number) => number>;

/** The binary operators: the definitions that all backends follow. */
export const binaryOperators = {
  add: (x: number, y: number) => x + y,
  sub: (x: number, y: number) => x - y,
  mul: (x: number, y: number) => x * y,
  div: (x: number, y: number) => x / y,
  pow: (x: number, y: number) => (x < 0 ? Number.NaN : x ** y),
  min: (x: number, y: number) => Math.min(x, y),
  max: (x: number, y: number) => Math.max(x, y),
} satisfies Record<string, (x: number, y: number) => number>;

export const comparisons = {
  less: (x: number, y: number) => x < y,
  lessEqual: (x: number, y: number) => x <= y,
} satisfies Record<string, (x: number, y: number) => boolean>;

function clampCosine(x: number): number {
  return Math.max(-1, Math.min(1, x));
}
