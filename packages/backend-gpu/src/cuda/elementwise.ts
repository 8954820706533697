import { bytesPerElement, type Expression, floatDType } from '@agop/core';
import type { BoundInput } from '@agop/core/engine';
import {
  type ExpressionKernel,
  expressionThreads,
  generateKernel,
  type InputKind,
  type Layout,
} from '../expression/cuda-expression.ts';
import type { KernelArgument, KernelSource } from '../kernels/launcher.ts';
import { type DeviceMatrix, type Runtime, scalar, sizeOf } from './runtime.ts';

export type Inputs = readonly BoundInput<number>[];

interface Generated extends ExpressionKernel {
  readonly kernel: KernelSource;
}

const generated = new WeakMap<Expression, Map<string, Generated>>();

/**
 * out_ij = e(inputs at (i, j)). Each element is read before it is written, by the same thread, so out may be
 * an input.
 */
export function map(runtime: Runtime, expression: Expression, inputs: Inputs, out: DeviceMatrix): void {
  mapBlock(runtime, expression, inputs, out, out.columns);
}

/**
 * The same for a block of a larger matrix, whose rows are `stride` elements apart in `out` and in the inputs
 * of the full shape. All addresses are those of the block.
 */
export function mapBlock(
  runtime: Runtime,
  expression: Expression,
  inputs: Inputs,
  out: DeviceMatrix,
  stride: number,
): void {
  const size = sizeOf(out);
  if (size === 0) return;
  const { kernel, parameters, elements } = expressionKernel(expression, inputs, out, stride);
  const args: KernelArgument[] = [out.buffer, out.columns, stride, size];
  for (const parameter of parameters) {
    if (parameter.kind === 'constant') args.push(scalar(parameter.value, out));
    else {
      const input = inputs.find(({ name }) => name === parameter.name);
      if (!input) throw new Error(`No value for ${parameter.name}.`);
      args.push(input.kind === 'number' ? scalar(input.value, out) : input.matrix.buffer);
    }
  }
  const grid = runtime.blocks(size, elements);
  runtime.launch(kernel, 'evaluate', { grid: [grid], block: [expressionThreads] }, args);
}

/** The kernel of an expression for inputs of these kinds, made once. */
export function expressionKernel(
  expression: Expression,
  inputs: readonly BoundInput<unknown>[],
  out: Pick<DeviceMatrix, 'dtype' | 'columns'>,
  stride: number,
): Generated {
  const isFlat = stride === out.columns && inputs.every(({ kind }) => kind !== 'row' && kind !== 'column');
  const layout: Layout = isFlat ? 'flat' : 'grid';
  const kinds: Record<string, InputKind> = Object.fromEntries(inputs.map(({ name, kind }) => [name, kind]));
  const key = JSON.stringify([out.dtype, layout, kinds]);
  const known = generated.get(expression) ?? new Map<string, Generated>();
  generated.set(expression, known);
  const present = known.get(key);
  if (present) return present;
  const made = generateKernel(expression, kinds, floatDType(out), layout);
  const complete = { ...made, kernel: { key: made.source, source: () => made.source } };
  known.set(key, complete);
  return complete;
}

/** The inputs of the rows from `row` on. */
export function inputsFrom(inputs: Inputs, row: number): Inputs {
  return inputs.map((input) => {
    if (input.kind !== 'full' && input.kind !== 'column') return input;
    const { matrix } = input;
    const width = input.kind === 'full' ? matrix.columns : 1;
    const buffer = matrix.buffer + row * width * bytesPerElement(matrix.dtype);
    return { ...input, matrix: { ...matrix, buffer } };
  });
}
