import { bytesPerElement, type Expression, type FloatDType, floatDType } from '@agop/core';
import type { BoundInput } from '@agop/core/engine';
import { compileExpression, type ExpressionProgram, type InputKind } from './expression-program.ts';
import { Part } from './layout.ts';
import { floatKernels, length, type M } from './memory.ts';
import { finishProduct, gemm } from './products.ts';
import { programBytes, writeProgram } from './program-memory.ts';
import type { Runtime } from './runtime.ts';

type Inputs = readonly BoundInput<number>[];

export function map(runtime: Runtime, expression: Expression, inputs: Inputs, out: M): void {
  const flat = flattened(inputs, out);
  withProgram(runtime, expression, flat.inputs, false, floatDType(out), (program, { cost }) => {
    floatKernels(runtime, out).map(program, flat.rows, flat.columns, out.buffer, cost);
  });
}

/** The expression is computed on tiles of the product while they are in the cache. */
export function pairwise(
  runtime: Runtime,
  x: M,
  z: M,
  expression: Expression,
  inputs: Inputs,
  symmetric: boolean,
  out: M,
): void {
  const part = symmetric ? Part.mirror : Part.full;
  const terms = { transposeA: false, transposeB: true, alpha: 1, beta: 0 };
  withProgram(runtime, expression, inputs, true, floatDType(x), (program) => {
    gemm(runtime, x, z, terms, out, part, program);
  });
}

/** The same where `out` holds the products already, or the lower triangle of symmetric ones. */
export function mapProducts(
  runtime: Runtime,
  expression: Expression,
  inputs: Inputs,
  symmetric: boolean,
  out: M,
): void {
  withProgram(runtime, expression, inputs, true, floatDType(out), (program) => {
    finishProduct(runtime, out, symmetric ? Part.mirror : Part.full, program);
  });
}

/** Compiles an expression, puts its program into memory for the length of `run`. */
export function withProgram(
  runtime: Runtime,
  expression: Expression,
  inputs: Inputs,
  product: boolean,
  dtype: FloatDType,
  run: (address: number, program: ExpressionProgram) => void,
): void {
  const { heap } = runtime;
  const kinds: Record<string, InputKind> = Object.fromEntries(
    inputs.map((input) => [input.name, input.kind]),
  );
  if (product) kinds['u'] = 'product';
  const program = compileExpression(expression, kinds);
  const address = heap.allocate(programBytes(program));
  try {
    writeProgram(heap.memory.buffer, address, program, {
      elementBytes: bytesPerElement(dtype),
      inputs,
      functionOf: (number) => runtime.instructions[dtype](number),
    });
    run(address, program);
  } finally {
    heap.free(address);
  }
}

/**
 * Where no input is a row or column, the matrix is one long row; a single column is a row: long strips
 * instead of short ones.
 */
function flattened(inputs: Inputs, out: M): { inputs: Inputs; rows: number; columns: number } {
  const broadcast = inputs.some(({ kind }) => kind === 'row' || kind === 'column');
  if (broadcast && out.columns > 1) return { inputs, rows: out.rows, columns: out.columns };
  const flat = inputs.map((input): BoundInput<number> => {
    if (input.kind === 'column') return { ...input, kind: 'full' };
    return input.kind === 'row' ? { ...input, kind: 'single' } : input;
  });
  return { inputs: flat, rows: 1, columns: length(out) };
}
