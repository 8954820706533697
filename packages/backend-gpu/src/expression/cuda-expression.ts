import {
  type BinaryOperator,
  type Expression,
  evaluationOrder,
  type FloatDType,
  OptionError,
  type UnaryOperator,
} from '@agop/core';
import { maximumArguments } from '../kernels/launcher.ts';
import { sourceHead } from '../kernels/sources.ts';

/** How an input is read: as in `BoundInput` of `@agop/core/engine`. */
export type InputKind = 'number' | 'full' | 'row' | 'column' | 'single';

/** Where elements are: one after the other, or at positions of a matrix. */
export type Layout = 'flat' | 'grid';

/** One parameter of a generated kernel, after its fixed ones. */
export type Parameter =
  | { readonly kind: 'tensor'; readonly name: string }
  | { readonly kind: 'number'; readonly name: string }
  | { readonly kind: 'constant'; readonly value: number };

/** A kernel `evaluate(out, columns, stride, size, …parameters)` for an expression. */
export interface ExpressionKernel {
  readonly source: string;
  readonly parameters: readonly Parameter[];
  /** Elements of a block and sweep. */
  readonly elements: number;
}

/** Elements that a thread reads before it computes: their loads overlap. */
const usualBatch = 4;

/**
 * From so many calls of transcendental functions on a thread has one element at a time, and the longest of
 * them are not inlined: the memory is not what such a kernel waits for, and its code would be compiled for
 * minutes (NTK of depth 20 in float64: 10 s).
 */
const manyCalls = 10;
const calls: ReadonlySet<string> = new Set<UnaryOperator | BinaryOperator>([
  ...(['exp', 'log', 'sin', 'cos', 'tanh', 'acos', 'arcCosine0', 'arcCosine1', 'pow'] as const),
]);

function transcendentalCalls(expression: Expression): number {
  return evaluationOrder(expression).filter(({ node }) => 'operator' in node && calls.has(node.operator))
    .length;
}

/** Threads of a block. */
export const expressionThreads = 256;

/** Parameters that the kernel itself has. */
const ownParameters = 4;

/**
 * Generates CUDA C for an expression: out[i * stride + j] = e(inputs at (i, j)), for `size` elements in rows
 * of `columns`. An input that has the full shape lies in memory as `out` does, and may be `out`.
 *
 * Constants become parameters, so that one kernel serves all values of them.
 *
 * @param layout 'flat' where no input is a row or column and the stride is the number of columns: positions
 * are not needed
 * @throws {OptionError} for an expression with more inputs than a kernel can have
 */
export function generateKernel(
  expression: Expression,
  kinds: Readonly<Record<string, InputKind>>,
  dtype: FloatDType,
  layout: Layout,
): ExpressionKernel {
  const isLong = transcendentalCalls(expression) >= manyCalls;
  const batch = isLong ? 1 : usualBatch;
  const elements = batch * expressionThreads;
  const loop = `#pragma unroll
    for (int r = 0; r < ${batch}; r++) {`;
  const writer = new Writer(expression, kinds, dtype, layout, batch);
  const { parameters, declarations, before, loads, steps, result } = writer;
  const isFlat = layout === 'flat';
  const source = `${sourceHead(dtype)}${helpers(isLong)}
extern "C" __global__ void __launch_bounds__(${expressionThreads})
evaluate(T* out, Index columns, Index stride, Index size${declarations.map((d) => `, ${d}`).join('')}) {
  const Index sweep = threadCount() * ${batch};
${isFlat ? '' : '  const Index rowStep = sweep / columns, columnStep = sweep % columns;'}
  Index element[${batch}]${isFlat ? '' : `, i[${batch}], j[${batch}], at[${batch}]`};
${loop}
    element[r] = (Index)blockIdx.x * ${elements} + r * ${expressionThreads} + threadIdx.x;
${isFlat ? '' : '    i[r] = element[r] / columns;\n    j[r] = element[r] % columns;'}
  }
${lines(before.single, 2)}
  while (element[0] < size) {
${lines(before.batch, 4)}
${loop}
${isFlat ? '' : '      at[r] = i[r] * stride + j[r];'}
      if (element[r] >= size) continue;
${lines(loads, 6)}
    }
${loop}
      if (element[r] >= size) continue;
${lines(steps, 6)}
      out[${isFlat ? 'element' : 'at'}[r]] = ${result};
    }
${loop}
      element[r] += sweep;
${isFlat ? '' : advance}
    }
  }
}
`;
  return { source, parameters, elements };
}

const advance = `      i[r] += rowStep;
      j[r] += columnStep;
      if (j[r] >= columns) {
        j[r] -= columns;
        i[r] += 1;
      }`;

function lines(statements: readonly string[], indent: number): string {
  return statements.map((statement) => ' '.repeat(indent) + statement).join('\n');
}

/** Goes through an expression in the order of evaluation and writes a statement for each part. */
class Writer {
  readonly parameters: Parameter[] = [];
  readonly declarations: string[] = [];
  /** What is declared once, and once per batch. */
  readonly before = { single: [] as string[], batch: [] as string[] };
  readonly loads: string[] = [];
  readonly steps: string[] = [];
  readonly result: string;
  readonly #layout: Layout;
  readonly #dtype: FloatDType;
  readonly #batch: number;
  readonly #places = new Map<Expression, string>();
  #spare: number;

  constructor(
    expression: Expression,
    kinds: Readonly<Record<string, InputKind>>,
    dtype: FloatDType,
    layout: Layout,
    batch: number,
  ) {
    this.#layout = layout;
    this.#batch = batch;
    this.#dtype = dtype;
    const order = evaluationOrder(expression);
    const inputs = order.filter(({ node }) => node.kind === 'input').length;
    this.#spare = maximumArguments - ownParameters - inputs;
    if (this.#spare < 0) {
      throw new OptionError('expression', `The expression has ${inputs} inputs; evaluate it in parts.`);
    }
    for (const [index, e] of order.entries()) {
      const { node } = e;
      if (node.kind === 'constant') this.#places.set(e, this.#constant(node.value));
      else if (node.kind === 'input')
        this.#places.set(e, this.#input(node.name, kinds[node.name] ?? 'number', index));
      else {
        this.steps.push(`const T v${index} = ${operation(e, (part) => this.#place(part), this.#dtype)};`);
        this.#places.set(e, `v${index}`);
      }
    }
    this.result = this.#place(expression);
  }

  #place(e: Expression): string {
    return this.#places.get(e) ?? '';
  }

  #constant(value: number): string {
    if (this.#spare === 0) return literal(value);
    this.#spare -= 1;
    return this.#declare({ kind: 'constant', value }, 'T');
  }

  #input(name: string, kind: InputKind, index: number): string {
    if (kind === 'number') return this.#declare({ kind: 'number', name }, 'T');
    const pointer = this.#declare(
      { kind: 'tensor', name },
      kind === 'full' ? 'const T*' : 'const T* __restrict__',
    );
    if (kind === 'single') {
      this.before.single.push(`const T s${index} = *${pointer};`);
      return `s${index}`;
    }
    const full = this.#layout === 'flat' ? 'element[r]' : 'at[r]';
    this.before.batch.push(`T x${index}[${this.#batch}];`);
    this.loads.push(`x${index}[r] = ${pointer}[${{ full, row: 'j[r]', column: 'i[r]' }[kind]}];`);
    return `x${index}[r]`;
  }

  #declare(parameter: Parameter, type: string): string {
    const name = `p${this.parameters.length}`;
    this.parameters.push(parameter);
    this.declarations.push(`${type} ${name}`);
    return name;
  }
}

/**
 * Operators that C has no expression for, as `unaryOperators` and `binaryOperators` of `@agop/core/engine`
 * define them.
 */
const helpers = (isLong: boolean): string => `
#define PLACE ${isLong ? '__noinline__' : 'inline'}
#define PI T(3.14159265358979323846)
__device__ inline T notANumber() { return (T)__longlong_as_double(0x7ff8000000000000ll); }
__device__ inline T signOf(T x) { return x > T(0) ? T(1) : x < T(0) ? T(-1) : x; }
__device__ inline T smaller(T x, T y) { return x != x ? x : y != y ? y : y < x ? y : x; }
__device__ inline T larger(T x, T y) { return x != x ? x : y != y ? y : x < y ? y : x; }
__device__ inline T cosineOf(T x) { return x > T(1) ? T(1) : x < T(-1) ? T(-1) : x; }
__device__ PLACE T quotient(T x, T y) { return x / y; }
__device__ PLACE T rootOf(T x) { return SQRT(x); }
__device__ PLACE T powerOf(T x, T y) { return x < T(0) ? notANumber() : POW(x, y); }
__device__ PLACE T arcCosine0(T x) { return T(1) - ACOS(cosineOf(x)) / PI; }
__device__ PLACE T arcCosine1(T x) {
  const T c = cosineOf(x);
  return (SQRT((T(1) - c) * (T(1) + c)) + (PI - ACOS(c)) * c) / PI;
}
`;

function operation(e: Expression, placeOf: (e: Expression) => string, dtype: FloatDType): string {
  const { node } = e;
  if (node.kind === 'unary') return unary(node.operator, placeOf(node.operand), dtype);
  if (node.kind === 'binary') return binary(node.operator, placeOf(node.left), placeOf(node.right));
  if (node.kind !== 'select') throw new Error(`No operation ${node.kind}.`);
  const [left, right] = [placeOf(node.left), placeOf(node.right)];
  const comparison = node.comparison === 'less' ? '<' : '<=';
  return `${left} ${comparison} ${right} ? ${placeOf(node.whenTrue)} : ${placeOf(node.whenFalse)}`;
}

function unary(operator: UnaryOperator, x: string, dtype: FloatDType): string {
  const suffix = dtype === 'float32' ? 'f' : '';
  switch (operator) {
    case 'neg':
      return `-${x}`;
    case 'abs':
      return `fabs${suffix}(${x})`;
    case 'sign':
      return `signOf(${x})`;
    case 'reciprocal':
      return `quotient(T(1), ${x})`;
    case 'sqrt':
      return `rootOf(${x})`;
    case 'acos':
      return `ACOS(cosineOf(${x}))`;
    case 'arcCosine0':
    case 'arcCosine1':
      return `${operator}(${x})`;
    default:
      return `${operator}${suffix}(${x})`;
  }
}

function binary(operator: BinaryOperator, x: string, y: string): string {
  switch (operator) {
    case 'add':
      return `${x} + ${y}`;
    case 'sub':
      return `${x} - ${y}`;
    case 'mul':
      return `${x} * ${y}`;
    case 'div':
      return `quotient(${x}, ${y})`;
    case 'pow':
      return `powerOf(${x}, ${y})`;
    case 'min':
      return `smaller(${x}, ${y})`;
    case 'max':
      return `larger(${x}, ${y})`;
  }
}

/** A number in C, with all its bits. */
function literal(value: number): string {
  if (Number.isNaN(value)) return 'notANumber()';
  if (!Number.isFinite(value))
    return `(T)__longlong_as_double(0x${value > 0 ? '7ff' : 'fff'}0000000000000ll)`;
  const text = value.toExponential(17);
  return Object.is(value, -0) ? 'T(-0.0)' : `T(${text})`;
}
