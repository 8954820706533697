import type { Expression } from '@agop/core';
import type { BoundInput } from '@agop/core/engine';
import type { Block } from '../device/block.ts';
import { type ExpressionCode, expressionCode, type InputKind } from '../expression/wgsl-expression.ts';
import type { Shader } from '../shader/shader.ts';
import { type DeviceMatrix, type Runtime, type Span, sizeOf } from './runtime.ts';

export type Inputs = readonly BoundInput<Block>[];
type TensorInput = Exclude<Inputs[number], { kind: 'number' }>;

const threads = 256;
/** Elements of a thread. */
const each = 4;

/** Part of a matrix: consecutive elements that are whole rows, or lie in one row. */
export interface Part {
  readonly row: number;
  readonly rows: number;
  readonly column: number;
  readonly columns: number;
}

/**
 * out_ij = e(inputs at (i, j)). Each element is read before it is written, by the same thread, so out may be
 * an input.
 */
export function map(runtime: Runtime, expression: Expression, inputs: Inputs, out: DeviceMatrix): void {
  if (sizeOf(out) === 0) return;
  withFewInputs(runtime, inputs, runtime.mostOperands - 1, (few) => {
    const isGiven = (input: Inputs[number]): boolean =>
      input.kind === 'full' && input.matrix.buffer === out.buffer;
    const kinds: Record<string, InputKind> = Object.fromEntries(
      few.map((input) => [input.name, isGiven(input) ? 'given' : input.kind]),
    );
    const { code, shader } = mapShader(expression, kinds);
    for (const part of partsOf(out.rows, out.columns, runtime.bindingElements)) {
      const count = part.rows * part.columns;
      runtime.dispatch(shader, {
        operands: {
          ...expressionOperands(code, few, part),
          out: { block: out.buffer, begin: part.row * out.columns + part.column, count },
        },
        uniforms: { ...expressionUniforms(code, few), count, columns: part.columns },
        groups: Math.ceil(count / (threads * each)),
      });
    }
  });
}

/** What the arrays of an expression are bound to, for a part of the result. */
export function expressionOperands(code: ExpressionCode, inputs: Inputs, part: Part): Record<string, Span> {
  const operands: Record<string, Span> = {};
  for (const [array, name] of code.arrays) {
    const input = inputs.find((one): one is TensorInput => one.name === name && one.kind !== 'number');
    if (!input) throw new Error(`No value for ${name}.`);
    operands[array] = spanOf(input, part);
  }
  return operands;
}

/** The numbers of an expression. */
export function expressionUniforms(code: ExpressionCode, inputs: Inputs): Record<string, number> {
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

/**
 * Calls `run` with inputs of which at most so many are arrays. Those beyond are computed with in steps: not
 * here yet.
 */
function withFewInputs(
  _runtime: Runtime,
  inputs: Inputs,
  _most: number,
  run: (inputs: Inputs) => void,
): void {
  run(inputs);
}

const generated = new WeakMap<Expression, Map<string, { code: ExpressionCode; shader: Shader }>>();

function mapShader(expression: Expression, kinds: Readonly<Record<string, InputKind>>) {
  const known = generated.get(expression) ?? new Map<string, { code: ExpressionCode; shader: Shader }>();
  generated.set(expression, known);
  const key = JSON.stringify(kinds);
  const present = known.get(key);
  if (present) return present;
  const code = expressionCode(expression, kinds);
  const needsPlace = Object.values(kinds).some((kind) => kind === 'row' || kind === 'column');
  const isUpdate = Object.values(kinds).includes('given');
  const made = {
    code,
    shader: {
      key: `map ${isUpdate} ${needsPlace} ${code.text}`,
      operands: { ...code.operands, out: { access: isUpdate ? 'update' : 'write' } },
      uniforms: { ...code.uniforms, count: 'u32', columns: 'u32' },
      threads,
      declarations: () => code.text,
      body: () => `  for (var k = 0u; k < ${each}u; k++) {
    let at = (group * ${each}u + k) * ${threads}u + thread;
    if (at < u.count) {
      ${needsPlace ? 'let i = at / u.columns; let j = at - i * u.columns;' : 'let i = 0u; let j = 0u;'}
      out[u.outAt + at] = evaluate(at, i, j, ${isUpdate ? 'out[u.outAt + at]' : '0.0'});
    }
  }`,
    },
  } as const;
  known.set(key, made);
  return made;
}
