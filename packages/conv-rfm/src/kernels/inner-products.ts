import {
  type Backend,
  constantValue,
  type Expression,
  floatDType,
  inputNames,
  machineEpsilon,
  multiply,
  Scope,
  type Tensor,
} from '@agop/core';
import { type InnerProductKernel, roundingFactor } from '@agop/rfm';
import { positionsOf } from '../images/geometry.ts';
import type { FieldKernel, FieldPair } from './field-kernel.ts';

/** Any kernel κ(u·v, u·u, v·v) of `@agop/rfm` between patches at corresponding positions. One layer. */
export function innerProductFields(kernel: InnerProductKernel): FieldKernel {
  return {
    radial: kernel.radial,
    scales: (ops, lengths) => [multiply(ops, lengths, lengths)],
    values: (ops, pair) => evaluate(ops, kernel, kernel.value, pair),
    sensitivities(ops, pair, coefficients) {
      const product = evaluate(ops, kernel, kernel.derivatives.u, pair);
      try {
        using bySquare = evaluate(ops, kernel, kernel.derivatives.p, pair);
        return { product, squares: [ops.matmul(bySquare, coefficients)] };
      } catch (error) {
        product.dispose();
        throw error;
      }
    },
    squaresOfPatches: (ops, squares) => ops.clone(squares[0] as Tensor),
    footprint: { values: 4, sensitivities: 6 },
  };
}

/** An expression of a kernel's u, p, q at each position: [P · x.count, z.count]. */
function evaluate(
  ops: Backend,
  kernel: InnerProductKernel,
  expression: Expression,
  { x, z, plan }: FieldPair,
): Tensor {
  const positions = positionsOf(plan);
  const dtype = floatDType(x.patches);
  const constant = constantValue(expression);
  if (constant !== undefined) return ops.full([positions * x.count, z.count], constant, dtype);
  using scope = new Scope(ops);
  const pairs = (a: Tensor, b: Tensor): Tensor =>
    scope.ops.matmul(a, b, { transposeA: true, batches: positions });
  const factor = roundingFactor((x.patches.shape[0] as number) / positions) * machineEpsilon(dtype);
  const rounding = (a: Tensor, b: Tensor): Tensor => multiply(scope.ops, pairs(a, b), factor);
  const ones = (count: number): Tensor => scope.ops.full([positions, count], 1, dtype);
  const products: Readonly<Record<string, () => Tensor | number>> = {
    u: () => pairs(x.patches, z.patches),
    p: () => pairs(x.scales[0] as Tensor, ones(z.count)),
    q: () => pairs(ones(x.count), z.scales[0] as Tensor),
    roundingP: () => rounding(x.scales[0] as Tensor, ones(z.count)),
    roundingQ: () => rounding(ones(x.count), z.scales[0] as Tensor),
    epsilon: () => machineEpsilon(dtype),
  };
  const values = inputNames(expression).map((name): [string, Tensor | number] => [
    name,
    products[name]?.() ?? (kernel.parameters[name] as number),
  ]);
  return scope.keep(scope.ops.map(expression, Object.fromEntries(values)));
}
