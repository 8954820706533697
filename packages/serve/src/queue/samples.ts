import { type HostMatrix, type MatrixInput, toHostMatrix } from '@agop/estimators';
import { isTable, joinTables, kindOfTable, type NamedColumns, readTable } from './tables.ts';

/** The samples of a request, read: a matrix, or a table by the names of its columns. */
export type Samples = HostMatrix | NamedColumns;

/** Rows of samples that go into one product. */
export interface SamplePart {
  readonly x: Samples;
  readonly begin: number;
  readonly rows: number;
}

/** Samples as a model takes them. */
export type ModelSamples =
  | { readonly data: Float64Array | Float32Array; readonly shape: number[] }
  | NamedColumns;

/**
 * Reads what is asked to be predicted.
 *
 * @throws {ValueError} for samples without rows or columns, and what a matrix or table cannot hold
 * @throws {ShapeError} for data that does not fill its shape, and columns that differ in length
 * @throws {DTypeError} for anything else
 * @throws {DisposedError} for a tensor that has been disposed
 */
export async function readSamples(x: unknown): Promise<Samples> {
  return isTable(x) ? readTable(x) : toHostMatrix(x as MatrixInput, 'X');
}

/** Samples of one kind can be in one product: as many features, or the same columns. */
export function kindOf(x: Samples): string {
  return 'data' in x ? `matrix ${x.columns}` : kindOfTable(x);
}

/** Parts of one kind as one. A table that is asked for as a whole stays itself, with lines of its file. */
export function joinSamples(parts: readonly SamplePart[]): ModelSamples {
  const tables = parts.flatMap(({ x, ...part }) => ('data' in x ? [] : [{ ...part, table: x }]));
  return tables.length > 0 ? joinTables(tables) : joinMatrices(parts);
}

function joinMatrices(parts: readonly SamplePart[]): ModelSamples {
  const matrices = parts.flatMap(({ x, ...part }) => ('data' in x ? [{ ...part, x }] : []));
  const columns = matrices[0]?.x.columns ?? 0;
  const rows = matrices.reduce((sum, part) => sum + part.rows, 0);
  const isSingle = matrices.every(({ x }) => x.data instanceof Float32Array);
  const data = isSingle ? new Float32Array(rows * columns) : new Float64Array(rows * columns);
  let at = 0;
  for (const { x, begin, rows: count } of matrices) {
    data.set(x.data.subarray(begin * columns, (begin + count) * columns), at);
    at += count * columns;
  }
  return { data, shape: [rows, columns] };
}
