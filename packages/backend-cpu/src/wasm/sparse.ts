import { bytesPerElement, type DType, type Expression, floatDType } from '@agop/core';
import type { BoundInput } from '@agop/core/engine';
import { withProgram } from './elementwise.ts';
import { elements, floatKernels, type M } from './memory.ts';
import type { Runtime } from './runtime.ts';

/** Bytes of a column of packed rows: `LINE` of assembly/sparse-pairs.ts. */
const LINE = 64;

/** Input of an expression: a number, or one of the operands, as a row or column of the result. */
type PairInput =
  | { readonly name: string; readonly kind: 'number'; readonly value: number }
  | { readonly name: string; readonly kind: 'row' | 'column'; readonly operand: number };

/** What pairs of rows and of rows that are mostly 0 are told. */
interface SparsePairs {
  readonly expression: Expression;
  readonly inputs: readonly PairInput[];
  /** Entries of a row of Z; columns and values of them, [m, terms]. */
  readonly terms: number;
  readonly columns: Int32Array;
  readonly values: Float64Array;
  readonly symmetric: boolean;
}

/** out = e(u = x_i · z_j, inputs): the first operand is X, others are inputs. */
export function sparsePairwise(
  runtime: Runtime,
  operands: readonly M[],
  { expression, inputs, terms, columns, values, symmetric }: SparsePairs,
  out: M,
): void {
  const x = operands[0] as M;
  const bound = inputs.map((input): BoundInput<number> => {
    if (input.kind === 'number') return input;
    const { name, kind, operand } = input;
    return { name, kind, matrix: operands[operand] as M };
  });
  const places = columns.map((column) => column * LINE);
  const dtype = floatDType(x);
  withHostData(
    runtime,
    [
      [places, 'int32'],
      [values, dtype],
    ],
    ([placesAt = 0, valuesAt = 0]) => {
      withProgram(runtime, expression, bound, true, dtype, (program) => {
        floatKernels(runtime, x).sparsePairs(
          x.buffer,
          x.rows,
          x.columns,
          placesAt,
          valuesAt,
          out.columns,
          terms,
          Number(symmetric),
          program,
          out.buffer,
        );
      });
    },
  );
}

/** Copies lists into the memory for the length of `run`. */
function withHostData(
  runtime: Runtime,
  lists: readonly (readonly [data: ArrayLike<number>, dtype: DType])[],
  run: (addresses: readonly number[]) => void,
): void {
  const { heap } = runtime;
  const addresses: number[] = [];
  try {
    for (const [data, dtype] of lists) {
      const address = heap.allocate(data.length * bytesPerElement(dtype));
      addresses.push(address);
      elements(runtime, address, data.length, dtype).set(data);
    }
    run(addresses);
  } finally {
    for (const address of addresses) heap.free(address);
  }
}

/** What gradients at points that are mostly 0 are told. */
interface SparseGradients {
  /** For each feature where its centers begin among these, and where the last ones end. */
  readonly starts: Int32Array;
  readonly centers: Int32Array;
  readonly values: Float64Array;
  /** Points for which it is computed. */
  readonly begin: number;
  readonly end: number;
  /** Which operands they are, if any. */
  readonly own: number | undefined;
  readonly shift: number | undefined;
}

/** out [features, outputs, samples]; operands: weights, coefficients, and those that have a number. */
export function sparseGradients(
  runtime: Runtime,
  operands: readonly M[],
  { starts, centers, values, begin, end, own, shift }: SparseGradients,
  out: M,
): void {
  const [weights, coefficients] = operands as readonly [M, M];
  const kernels = floatKernels(runtime, weights);
  const address = (operand: number | undefined): number =>
    operand === undefined ? 0 : (operands[operand] as M).buffer;
  const lists = [
    [starts, 'int32'],
    [centers, 'int32'],
    [values, floatDType(weights)],
  ] as const;
  withHostData(runtime, lists, ([startsAt = 0, centersAt = 0, valuesAt = 0]) => {
    kernels.sparseGradients(
      weights.buffer,
      weights.rows,
      coefficients.buffer,
      coefficients.columns,
      address(own),
      address(shift),
      starts.length - 1,
      startsAt,
      centersAt,
      valuesAt,
      begin,
      end - begin,
      out.buffer,
    );
  });
}
