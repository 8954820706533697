import { type Expression, inputNames } from '@agop/core';
import { PerExpression } from '../expression/per-expression.ts';
import { type ExpressionCode, expressionCode } from '../expression/wgsl-expression.ts';
import { map } from './elementwise.ts';
import { type Inputs, planInputs, withExpression } from './expression-operands.ts';
import { productSteps } from './product-steps.ts';
import { tiled, viewOf } from './products.ts';
import { type DeviceMatrix, type Runtime, sizeOf } from './runtime.ts';
import { mirror } from './triangles.ts';

/** Operands of a product itself. */
const ownOperands = 3;

/**
 * out_ij = e(u = x_i · z_j, inputs): the products in tiles, each of which ends with the expression. Of a
 * symmetric result only the tiles up to the diagonal are computed, then mirrored.
 */
export function pairwise(
  runtime: Runtime,
  x: DeviceMatrix,
  z: DeviceMatrix,
  expression: Expression,
  inputs: Inputs,
  symmetric: boolean,
  out: DeviceMatrix,
): void {
  if (sizeOf(out) === 0) return;
  const usesProduct = inputNames(expression).includes('u');
  if (!usesProduct || x.columns === 0) {
    const product = usesProduct ? [{ name: 'u', kind: 'number', value: 0 } as const] : [];
    map(runtime, expression, [...inputs, ...product], out);
    return;
  }
  const plan = planInputs(inputs, runtime.mostOperands - ownOperands);
  const kinds = { ...plan.kinds, u: 'given' } as const;
  const code = codes.get(expression, plan, () => expressionCode(expression, kinds, plan.packed));
  const product = {
    a: viewOf(x),
    b: viewOf(z),
    out: viewOf(out),
    terms: { transposeA: false, transposeB: true, alpha: 1, beta: 0 },
  };
  const kind = {
    transposeA: false,
    transposeB: true,
    isLower: symmetric,
    isAdded: false,
    expression: code,
  };
  for (const step of productSteps(runtime, product, symmetric)) {
    const part = { row: step.rowBegin, rows: step.rows, column: 0, columns: out.columns };
    withExpression(runtime, code, inputs, part, (bound) => tiled(runtime, step, kind, bound));
  }
  if (symmetric) mirror(runtime, out);
}

const codes = new PerExpression<ExpressionCode>();
