import { type BinaryOperator, type Expression, evaluationOrder, type UnaryOperator } from '@agop/core';
import { type ElementaryName, elementaryCode } from '../shader/elementary.ts';
import type { Operand, UniformType } from '../shader/shader.ts';

/** How an input is read: as in `BoundInput` of `@agop/core/engine`; 'given' has the kernel computed. */
export type InputKind = 'number' | 'full' | 'row' | 'column' | 'single' | 'given';

/** A number that a kernel is given for an expression. */
export type Parameter =
  | { readonly kind: 'number'; readonly name: string }
  | { readonly kind: 'constant'; readonly value: number };

/**
 * A function `evaluate(at, i, j, given)` of an expression: `at` is the place of an element in a matrix of the
 * full shape, i its row, j its column. Inputs of the full shape that are 'given' are its last argument.
 */
export interface ExpressionCode {
  /** Input by name of the array that it is in. */
  readonly arrays: ReadonlyMap<string, string>;
  /** Inputs that share the array `packed`, by name of the number that says where each begins. */
  readonly packed: ReadonlyMap<string, string>;
  readonly operands: Readonly<Record<string, Operand>>;
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly uniforms: Readonly<Record<string, UniformType>>;
  readonly text: string;
}

/**
 * Constants become numbers that the kernel is given, so that one kernel serves all values of them.
 *
 * @param packedNames inputs that share one array
 */
export function expressionCode(
  expression: Expression,
  kinds: Readonly<Record<string, InputKind>>,
  packedNames: readonly string[] = [],
): ExpressionCode {
  const writer = new Writer(expression, kinds, packedNames);
  const { arrays, packed, parameters, functions, statements, result } = writer;
  const names = packed.size > 0 ? [...arrays.keys(), 'packed'] : [...arrays.keys()];
  return {
    arrays,
    packed,
    parameters,
    operands: Object.fromEntries(names.map((name) => [name, { access: 'read' }])),
    uniforms: {
      ...Object.fromEntries([...parameters.keys()].map((name) => [name, 'f32' as const])),
      ...Object.fromEntries([...packed.keys()].map((name) => [name, 'u32' as const])),
    },
    text: `${elementaryCode(functions)}
fn evaluate(at: u32, i: u32, j: u32, given: f32) -> f32 {
${statements.map((statement) => `  ${statement}\n`).join('')}  return ${result};
}`,
  };
}

/** Goes through an expression in the order of evaluation and writes a statement for each part. */
class Writer {
  readonly arrays = new Map<string, string>();
  readonly packed = new Map<string, string>();
  readonly parameters = new Map<string, Parameter>();
  readonly functions = new Set<ElementaryName>();
  readonly statements: string[] = [];
  readonly result: string;
  readonly #places = new Map<Expression, string>();
  readonly #packedNames: readonly string[];

  constructor(
    expression: Expression,
    kinds: Readonly<Record<string, InputKind>>,
    packedNames: readonly string[],
  ) {
    this.#packedNames = packedNames;
    for (const [index, e] of evaluationOrder(expression).entries()) {
      const { node } = e;
      if (node.kind === 'constant')
        this.#places.set(e, this.#number({ kind: 'constant', value: node.value }));
      else if (node.kind === 'input')
        this.#places.set(e, this.#input(node.name, kinds[node.name] ?? 'given'));
      else {
        this.statements.push(`let v${index} = ${this.#operation(e)};`);
        this.#places.set(e, `v${index}`);
      }
    }
    this.result = this.#place(expression);
  }

  #place(e: Expression): string {
    return this.#places.get(e) ?? '';
  }

  #number(parameter: Parameter): string {
    const name = `c${this.parameters.size}`;
    this.parameters.set(name, parameter);
    return `u.${name}`;
  }

  #input(name: string, kind: InputKind): string {
    if (kind === 'given') return 'given';
    if (kind === 'number') return this.#number({ kind, name });
    const place = { full: ' + at', row: ' + j', column: ' + i', single: '' }[kind];
    const value = `s${this.arrays.size + this.packed.size}`;
    if (this.#packedNames.includes(name)) {
      const begin = `b${this.packed.size}`;
      this.packed.set(begin, name);
      this.statements.push(`let ${value} = packed[u.packedAt + u.${begin}${place}];`);
    } else {
      const array = `x${this.arrays.size}`;
      this.arrays.set(array, name);
      this.statements.push(`let ${value} = ${array}[u.${array}At${place}];`);
    }
    return value;
  }

  #operation(e: Expression): string {
    const { node } = e;
    if (node.kind === 'unary') return this.#unary(node.operator, this.#place(node.operand));
    if (node.kind === 'binary')
      return this.#binary(node.operator, this.#place(node.left), this.#place(node.right));
    if (node.kind !== 'select') throw new Error(`No operation ${node.kind}.`);
    const [left, right] = [this.#place(node.left), this.#place(node.right)];
    const condition = this.#call(node.comparison === 'less' ? 'isLess' : 'isLessEqual', left, right);
    return `select(${this.#place(node.whenFalse)}, ${this.#place(node.whenTrue)}, ${condition})`;
  }

  #unary(operator: UnaryOperator, x: string): string {
    if (operator === 'neg') return `-${x}`;
    if (operator === 'reciprocal') return `1.0 / ${x}`;
    return this.#call(unaryFunctions[operator], x);
  }

  #binary(operator: BinaryOperator, x: string, y: string): string {
    const sign = { add: '+', sub: '-', mul: '*', div: '/', pow: '', min: '', max: '' }[operator];
    if (sign) return `${x} ${sign} ${y}`;
    if (operator === 'pow') return this.#call('powerOf', x, y);
    return this.#call(operator === 'min' ? 'smaller' : 'larger', x, y);
  }

  #call(name: ElementaryName, ...operands: readonly string[]): string {
    this.functions.add(name);
    return `${name}(${operands.join(', ')})`;
  }
}

const unaryFunctions = {
  abs: 'absOf',
  sign: 'signOf',
  sqrt: 'rootOf',
  exp: 'expOf',
  log: 'logOf',
  sin: 'sinOf',
  cos: 'cosOf',
  tanh: 'tanhOf',
  acos: 'acosOf',
  arcCosine0: 'arcCosine0',
  arcCosine1: 'arcCosine1',
} as const satisfies Record<Exclude<UnaryOperator, 'neg' | 'reciprocal'>, ElementaryName>;
