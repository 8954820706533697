import type { BoundInput } from '@agop/core/engine';
import type { Block } from '../device/block.ts';
import type { ExpressionCode, InputKind } from '../expression/wgsl-expression.ts';
import type { Dispatch, Runtime, Span } from './runtime.ts';

export type Inputs = readonly BoundInput<Block>[];
type TensorInput = Exclude<Inputs[number], { kind: 'number' }>;

/** Part of a matrix: consecutive elements that are whole rows, or lie in one row. */
export interface Part {
  readonly row: number;
  readonly rows: number;
  readonly column: number;
  readonly columns: number;
}

/** A matrix in parts of at most so many elements: rows together, or parts of one. */
export function partsOf(rows: number, columns: number, most: number): Part[] {
  const parts: Part[] = [];
  const together = Math.floor(most / columns);
  if (together >= 1) {
    for (let row = 0; row < rows; row += together) {
      parts.push({ row, rows: Math.min(together, rows - row), column: 0, columns });
    }
    return parts;
  }
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column += most) {
      parts.push({ row, rows: 1, column, columns: Math.min(most, columns - column) });
    }
  }
  return parts;
}

/** How each input is read, and those that share one array since there are more than a kernel can bind. */
export interface InputPlan {
  readonly kinds: Readonly<Record<string, InputKind>>;
  readonly packed: readonly string[];
}

/**
 * @param spare arrays that a kernel has left
 * @param given whether an input is what the kernel has computed
 */
export function planInputs(
  inputs: Inputs,
  spare: number,
  given: (input: TensorInput) => boolean = () => false,
): InputPlan {
  const kinds: Record<string, InputKind> = {};
  const arrays: string[] = [];
  for (const input of inputs) {
    const isGiven = input.kind !== 'number' && given(input);
    kinds[input.name] = isGiven ? 'given' : input.kind;
    if (input.kind !== 'number' && !isGiven) arrays.push(input.name);
  }
  return { kinds, packed: arrays.length <= spare ? [] : arrays.slice(spare - 1) };
}

/**
 * Calls `work` with what the arrays and numbers of an expression are bound to, for a part of the result.
 * Inputs that share an array are copied into it first.
 */
export function withExpression(
  runtime: Runtime,
  code: ExpressionCode,
  inputs: Inputs,
  part: Part,
  work: (bound: Pick<Dispatch, 'operands' | 'uniforms'>) => void,
): void {
  const operands: Record<string, Span> = {};
  const uniforms = numbersOf(code, inputs);
  for (const [array, name] of code.arrays) operands[array] = spanOf(tensorInput(inputs, name), part);
  if (code.packed.size === 0) {
    work({ operands, uniforms });
    return;
  }
  const spans = [...code.packed].map(
    ([uniform, name]) => [uniform, spanOf(tensorInput(inputs, name), part)] as const,
  );
  const total = spans.reduce((sum, [, span]) => sum + span.count, 0);
  runtime.withScratch(total, (block) => {
    let begin = 0;
    for (const [uniform, span] of spans) {
      runtime.copy(span, block, begin);
      uniforms[uniform] = begin;
      begin += span.count;
    }
    work({ operands: { ...operands, packed: { block, begin: 0, count: total } }, uniforms });
  });
}

function tensorInput(inputs: Inputs, name: string): TensorInput {
  const input = inputs.find((one): one is TensorInput => one.name === name && one.kind !== 'number');
  if (!input) throw new Error(`No value for ${name}.`);
  return input;
}

function numbersOf(code: ExpressionCode, inputs: Inputs): Record<string, number> {
  const uniforms: Record<string, number> = {};
  for (const [name, parameter] of code.parameters) {
    if (parameter.kind === 'constant') uniforms[name] = parameter.value;
    else {
      const input = inputs.find((one) => one.name === parameter.name);
      uniforms[name] = input?.kind === 'number' ? input.value : Number.NaN;
    }
  }
  return uniforms;
}

function spanOf({ kind, matrix }: TensorInput, { row, rows, column, columns }: Part): Span {
  const block = matrix.buffer;
  if (kind === 'full') return { block, begin: row * matrix.columns + column, count: rows * columns };
  if (kind === 'row') return { block, begin: column, count: columns };
  if (kind === 'column') return { block, begin: row, count: rows };
  return { block, begin: 0, count: 1 };
}
