import { type Backend, type Expression, type ExtensionKey, ShapeError, type Tensor } from '@agop/core';
import type { Nonzeros } from './nonzeros.ts';
import { entriesOf } from './point-entries.ts';

/** Input of an expression of pairs: a number, or one of the operands. */
type PairInput =
  | { readonly name: string; readonly kind: 'number'; readonly value: number }
  | {
      readonly name: string;
      /** A number for each column of the result, [1, m], or for each row, [n, 1]. */
      readonly kind: 'row' | 'column';
      /** Which of the operands it is. */
      readonly operand: number;
    };

/** Options of {@link sparsePairwise}. */
export interface SparsePairwiseOptions {
  /** Of `u` and the inputs. */
  readonly expression: Expression;
  readonly inputs: readonly PairInput[];
  /** The entries of the points Z. */
  readonly nonzeros: Nonzeros;
  /** The result is symmetric: half of it may be computed and mirrored. */
  readonly symmetric: boolean;
}

/** What the kernels are told. */
interface SparsePairwiseParameters extends Omit<SparsePairwiseOptions, 'nonzeros'> {
  /** Entries of a point, and their columns and values, [m, terms]. */
  readonly terms: number;
  readonly columns: Int32Array;
  readonly values: Float64Array;
}

/** Most columns that a kernel has to take. */
const mostFeatures = 1024;

/**
 * `Backend.pairwise` for points Z that are mostly 0, for backends that have it: e(u = x_i · z_j, inputs), [n,
 * m], where u is a sum over the entries of z_j alone. The first operand is X [n, d], others are inputs.
 *
 * @throws {ShapeError}
 */
export const sparsePairwise: ExtensionKey<
  readonly [Tensor, ...Tensor[]],
  SparsePairwiseOptions,
  SparsePairwiseParameters
> = {
  name: 'sparsePairwise',
  prepare([x, ...others], { nonzeros, ...rest }) {
    const { points, features } = nonzeros;
    const { terms, columns, values } = entriesOf(nonzeros);
    const [n = 0, d = 0] = x.shape;
    if (d !== features || d > mostFeatures) {
      throw new ShapeError(`sparsePairwise: [${n}, ${d}] does not go with points of ${features} features.`);
    }
    for (const input of rest.inputs) {
      if (input.kind === 'number') continue;
      const { name, kind, operand } = input;
      const expected = kind === 'row' ? [1, points] : [n, 1];
      const { shape } = [x, ...others][operand] ?? { shape: [] };
      if (shape.join() !== expected.join()) {
        throw new ShapeError(
          `sparsePairwise: the ${kind} '${name}' must be [${expected}], but is [${shape}].`,
        );
      }
    }
    return { shape: [n, points], parameters: { ...rest, terms, columns, values } };
  },
};

/** An entry takes as long as so many columns of a product, and so does what comes with each pair. */
const columnsPerEntry = 4;
const columnsPerPair = 16;

/**
 * What `Backend.pairwise` makes of the rows of X and points that are mostly 0, a new tensor; undefined where
 * products over all columns are faster, or the backend has no other way.
 *
 * @param inputs numbers, rows [1, m] and columns [n, 1]
 */
export function pairwiseByEntries(
  backend: Backend,
  x: Tensor,
  nonzeros: Nonzeros | undefined,
  expression: Expression,
  {
    inputs,
    symmetric,
  }: { readonly inputs: Readonly<Record<string, Tensor | number>>; readonly symmetric: boolean },
): Tensor | undefined {
  const run = nonzeros && backend.extension(sparsePairwise);
  if (!run || nonzeros.features > mostFeatures) return undefined;
  const { terms } = entriesOf(nonzeros);
  if (nonzeros.features < columnsPerEntry * terms + columnsPerPair) return undefined;
  const operands: [Tensor, ...Tensor[]] = [x];
  const bound = Object.entries(inputs).map(([name, value]): PairInput => {
    if (typeof value === 'number') return { name, kind: 'number', value };
    const operand = operands.push(value) - 1;
    return { name, kind: value.shape[1] === 1 ? 'column' : 'row', operand };
  });
  return run(operands, { expression, inputs: bound, nonzeros, symmetric });
}
