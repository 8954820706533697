/** Functions of one argument. `arcCosine0` and `arcCosine1` are kernels of that name. */
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

/** The value of a comparison; false if either side is NaN. */
export function applyComparison(comparison: Comparison, x: number, y: number): boolean {
  return comparison === 'less' ? x < y : x <= y;
}
