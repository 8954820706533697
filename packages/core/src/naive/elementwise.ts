import type { TypedArray } from '../dtype.ts';
import type { BoundInput } from '../engine/engine.ts';
import type { Expression } from '../expression/expression.ts';
import { compileScalar, inputNames } from '../expression/program.ts';
import { at, type Dense, put } from '../host/dense.ts';

/** out_ij = e(inputs at (i, j)). Each element is read before it is written, so out may be an input. */
export function map(expression: Expression, inputs: readonly BoundInput<TypedArray>[], out: Dense): void {
  const evaluate = compileAt(expression, inputs);
  for (let i = 0; i < out.rows; i++) {
    for (let j = 0; j < out.columns; j++) put(out, i, j, evaluate(i, j, Number.NaN));
  }
}

/**
 * An expression as a function of the position (i, j) in the result.
 *
 * @returns the function; its third argument is the value of the input `u`, unless that is among `inputs`
 */
export function compileAt(expression: Expression, inputs: readonly BoundInput<TypedArray>[]): Reader {
  const readers = inputNames(expression).map((name) => reader(inputs.find((input) => input.name === name)));
  const values = new Array<number>(readers.length);
  const evaluate = compileScalar(expression);
  return (i, j, u) => {
    for (let k = 0; k < readers.length; k++) values[k] = (readers[k] as Reader)(i, j, u);
    return evaluate(values);
  };
}

type Reader = (i: number, j: number, u: number) => number;

function reader(input: BoundInput<TypedArray> | undefined): Reader {
  if (!input) return (_i, _j, u) => u;
  if (input.kind === 'number') return () => input.value;
  const { matrix } = input;
  switch (input.kind) {
    case 'full':
      return (i, j) => at(matrix, i, j);
    case 'row':
      return (_i, j) => at(matrix, 0, j);
    case 'column':
      return (i) => at(matrix, i, 0);
    case 'single':
      return () => at(matrix, 0, 0);
  }
}
