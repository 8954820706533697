import { type Backend, floatDType, input, multiply, Scope, type Tensor } from '@agop/core';
import type { KernelOperator } from '../kernel-matrix/kernel-operator.ts';

/** A kernel matrix that is there, which stays the caller's. */
export function matrixOperator(matrix: Tensor): KernelOperator {
  const order = matrix.shape[0] as number;
  return {
    order,
    dtype: floatDType(matrix),
    multiply: async (ops, v) => ops.matmul(matrix, v),
    rows(ops, rows, columns) {
      using scope = new Scope(ops);
      const numbers = (list: Int32Array): Tensor => scope.ops.tensor(list, [list.length], 'int32');
      const all = scope.ops.gather(matrix, numbers(rows));
      if (!columns) return scope.keep(all);
      const chosen = scope.ops.gather(scope.ops.transpose(all), numbers(columns));
      return scope.keep(scope.ops.transpose(chosen));
    },
    diagonal(ops) {
      using entries = ops.diagonal(matrix);
      return ops.reshape(entries, [order, 1]);
    },
  };
}

const scaledRows = input('k').mul(input('r')).mul(input('c'));

/**
 * S K S for a diagonal S.
 *
 * @param roots S on the host, [n]
 */
export function scaledOperator(operator: KernelOperator, roots: Float64Array): KernelOperator {
  const { order, dtype } = operator;
  const column = (ops: Backend, values: Float64Array): Tensor =>
    ops.tensor(values, [values.length, 1], dtype);
  return {
    order,
    dtype,
    async multiply(ops, v) {
      using scope = new Scope(ops);
      const s = column(scope.ops, roots);
      const product = scope.own(await operator.multiply(scope.ops, multiply(scope.ops, v, s)));
      return scope.keep(multiply(scope.ops, product, s));
    },
    rows(ops, rows, columns) {
      using scope = new Scope(ops);
      const chosen = (list: Int32Array): Float64Array =>
        Float64Array.from(list, (row) => roots[row] as number);
      const r = column(scope.ops, chosen(rows));
      const across = columns ? chosen(columns) : roots;
      const c = scope.ops.reshape(column(scope.ops, across), [1, across.length]);
      const k = operator.rows(scope.ops, rows, columns);
      return scope.keep(scope.ops.map(scaledRows, { k, r, c }));
    },
    diagonal(ops) {
      using scope = new Scope(ops);
      const s = column(scope.ops, roots);
      return scope.keep(multiply(scope.ops, multiply(scope.ops, operator.diagonal(scope.ops), s), s));
    },
  };
}
