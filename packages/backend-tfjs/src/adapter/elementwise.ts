import { type Expression, evaluationOrder, operandsOf } from '@agop/core';
import { type BoundInput, binaryOperators, unaryOperators } from '@agop/core/engine';
import type * as tfjs from '@tensorflow/tfjs-core';
import type { Box } from './box.ts';
import type { Tfjs } from './library.ts';
import { binary, select, unary, type Value } from './operators.ts';
import { inRowBlocks } from './row-blocks.ts';
import type { Boxed, Runtime } from './runtime.ts';

/** out_ij = e(inputs at (i, j)) */
export function map(
  runtime: Runtime,
  expression: Expression,
  inputs: readonly BoundInput<Box>[],
  out: Boxed,
): void {
  runtime.write(out, () => {
    const bound = bindBlocks(runtime, inputs);
    return inRowBlocks(runtime.tf, out.rows, out.columns, (begin, end) =>
      evaluate(runtime.tf, expression, bound(begin, end), [end - begin, out.columns]),
    );
  });
}

/** The inputs' values for rows begin .. end of the result. */
export function bindBlocks(
  runtime: Runtime,
  inputs: readonly BoundInput<Box>[],
): (begin: number, end: number) => Map<string, Value> {
  const { tf } = runtime;
  return (begin, end) =>
    new Map(
      inputs.map((input): [string, Value] => {
        if (input.kind === 'number') return [input.name, input.value];
        const whole = runtime.view(input.matrix);
        const perRow = input.kind === 'full' || input.kind === 'column';
        if (!perRow || end - begin === whole.shape[0]) return [input.name, whole];
        return [input.name, tf.slice2d(whole, [begin, 0], [end - begin, whole.shape[1]])];
      }),
    );
}

/**
 * The value of an expression, [rows, columns]. Each intermediate result is freed after its last use.
 *
 * @param values of the inputs; disposed of
 */
export function evaluate(
  tf: Tfjs,
  expression: Expression,
  values: ReadonlyMap<string, Value>,
  shape: [number, number],
): tfjs.Tensor2D {
  const order = evaluationOrder(expression);
  const uses = countUses(order);
  const known = new Map<Expression, Value>();
  const resultOf = (e: Expression): Value => known.get(e) ?? Number.NaN;
  for (const e of order) {
    known.set(e, step(tf, e, values, resultOf));
    for (const operand of operandsOf(e)) {
      const left = (uses.get(operand) ?? 0) - 1;
      uses.set(operand, left);
      const value = resultOf(operand);
      if (left === 0 && typeof value !== 'number') value.dispose();
    }
  }
  const result = resultOf(expression);
  if (typeof result === 'number') return tf.fill(shape, result);
  return tf.broadcastTo(result, shape);
}

function countUses(order: readonly Expression[]): Map<Expression, number> {
  const uses = new Map<Expression, number>();
  for (const operand of order.flatMap((e) => operandsOf(e))) uses.set(operand, (uses.get(operand) ?? 0) + 1);
  return uses;
}

function step(
  tf: Tfjs,
  e: Expression,
  values: ReadonlyMap<string, Value>,
  resultOf: (e: Expression) => Value,
): Value {
  const node = e.node;
  switch (node.kind) {
    case 'input':
      return values.get(node.name) ?? Number.NaN;
    case 'constant':
      return node.value;
    case 'unary': {
      const x = resultOf(node.operand);
      return typeof x === 'number'
        ? unaryOperators[node.operator](x)
        : tf.tidy(() => unary(tf, node.operator, x));
    }
    case 'binary': {
      const [x, y] = [resultOf(node.left), resultOf(node.right)];
      return typeof x === 'number' && typeof y === 'number'
        ? binaryOperators[node.operator](x, y)
        : tf.tidy(() => binary(tf, node.operator, x, y));
    }
    case 'select': {
      const [left, right] = [resultOf(node.left), resultOf(node.right)];
      const [whenTrue, whenFalse] = [resultOf(node.whenTrue), resultOf(node.whenFalse)];
      return tf.tidy(() => select(tf, node.comparison, left, right, whenTrue, whenFalse));
    }
  }
}
