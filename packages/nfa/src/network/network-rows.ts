import { type Backend, type FloatDType, isTensor, ShapeError, type Tensor } from '@agop/core';
import { type MatrixInput, toHostMatrix, uploadRows } from '@agop/estimators';

/** What rows must fit. */
interface RowsOf {
  readonly backend: Backend;
  readonly dtype: FloatDType;
  readonly inputs: number;
}

/**
 * Rows on the network's backend and in its dtype: tensors that are so already as they are, all else as a new
 * tensor of `ops`.
 *
 * @throws {ShapeError} for rows of another length
 * @throws {ValueError} for numbers that are not finite
 * @throws {DTypeError} for what is no matrix
 * @throws {DisposedError} for a tensor that has been disposed
 */
export async function networkRows(ops: Backend, network: RowsOf, x: MatrixInput): Promise<Tensor> {
  const rows = await uploaded(ops, network, x, 'X');
  if (rows.shape[1] === network.inputs) return rows;
  throw new ShapeError(`X has ${rows.shape[1]} columns, but the network has ${network.inputs} inputs.`);
}

/** A matrix on the backend; see {@link networkRows}. */
async function uploaded(
  ops: Backend,
  { backend, dtype }: Pick<RowsOf, 'backend' | 'dtype'>,
  matrix: MatrixInput,
  what: string,
): Promise<Tensor> {
  if (isTensor(matrix) && matrix.backend === backend && matrix.dtype === dtype && matrix.shape.length === 2) {
    return matrix;
  }
  return uploadRows(ops, await toHostMatrix(matrix, what), dtype, what);
}

/** Targets on the backend. @throws {ShapeError} where they do not fit rows and network */
export async function targetRows(
  ops: Backend,
  network: RowsOf & { readonly outputs: number },
  y: MatrixInput,
  rows: Tensor,
): Promise<Tensor> {
  const targets = await uploaded(ops, network, y, 'Y');
  const [n, width] = [rows.shape[0], network.outputs];
  if (targets.shape[0] === n && targets.shape[1] === width) return targets;
  throw new ShapeError(
    `Y must be [${n}, ${width}], a row for each of X and a column for each output, but is [${targets.shape.join(', ')}].`,
  );
}
