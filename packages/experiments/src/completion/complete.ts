import {
  type Backend,
  checkBackend,
  eventLoopTurn,
  OptionError,
  ShapeError,
  throwIfAborted,
  ValueError,
} from '@agop/core';
import { cholesky, solveTriangular } from '@agop/core/host';
import {
  checkMembers,
  checkNonNegative,
  checkObject,
  checkSignal,
  checkSteps,
  checkWhole,
} from '@agop/core/options';

/** A matrix of which some entries are known. */
export interface KnownEntries {
  readonly rows: number;
  readonly columns: number;
  /** Row and column of each known entry, [known] each. */
  readonly row: Int32Array;
  readonly column: Int32Array;
  /** The known entries, [known]. */
  readonly value: Float64Array;
}

/** A matrix as it is completed so far. */
export interface CompletionStep {
  /** 0 for the first one, in which the metric is the identity. */
  readonly iteration: number;
  /** The completed matrix, known entries as they are, [rows, columns]; changed by the next step. */
  readonly matrix: Float64Array;
  /** Norm of the change since the step before over the norm of the matrix. */
  readonly change: number;
}

/** What {@link completeMatrix} needs. */
export interface CompletionOptions {
  /** Where the AGOP is computed, in float64 where it has that. */
  readonly backend: Backend;
  /** Metric updates at most. Default 3000. */
  readonly iterations?: number;
  /** Ridge of the rows' regressions, or one for each iteration. Default 5e-2. */
  readonly ridge?: number | ((step: CompletionStep | undefined) => number);
  /**
   * Power α of the AGOP in the data map: 1/2 takes no root of a matrix, as the kernel of the mapped features
   * is M itself; 1 has the kernel M². Default 1/2.
   */
  readonly power?: 0.5 | 1;
  readonly signal?: AbortSignal;
}

/**
 * Matrix completion by a Recursive Feature Machine with linear predictors (lin-RFM): each row is a linear
 * function of the columns' unit vectors, fitted by kernel ridge regression to its known entries in the metric
 * M; the AGOP of all rows, (1/rows) Xᵀ X of the completed matrix X, is the next M. Low rank appears because M
 * weighs the directions that rows have in common: for α = 1/2 the iteration is that of reweighted least
 * squares.
 *
 * Regressions in float64 on the host: each is as large as a row has known entries. A row without any stays 0.
 *
 * Source: Radhakrishnan, Belkin, Drusvyatskiy 2024 (arXiv 2401.04553), and its program.
 *
 * @yields the matrix after each step; leave the loop when it is good enough
 * @throws {ShapeError} for entries outside the matrix, or known twice
 * @throws {ValueError} for entries that are not finite, or none
 * @throws {OptionError} for an option out of range
 * @throws {NotPositiveDefiniteError} for a ridge too small for float64
 * @throws {AbortedError} through `signal`
 */
export async function* completeMatrix(
  known: KnownEntries,
  options: CompletionOptions,
): AsyncGenerator<CompletionStep, void> {
  const { backend, power = 0.5, signal } = checkObject('completeMatrix()', options);
  const { rows, columns } = checkKnown(known);
  checkBackend(backend);
  if (power !== 0.5 && power !== 1) {
    throw new OptionError('power', { requirement: 'be 0.5 or 1', received: power });
  }
  checkSignal(signal);
  const iterations = checkSteps('iterations', options.iterations ?? 3000, 0);
  const ridgeOf =
    typeof options.ridge === 'function' ? options.ridge : () => (options.ridge ?? 5e-2) as number;
  const byRow = entriesByRow(known);
  const dtype = backend.dtypes.includes('float64') ? 'float64' : 'float32';
  const matrix = new Float64Array(rows * columns);
  let kernel: Float64Array | undefined;
  let step: CompletionStep | undefined;
  for (let iteration = 0; iteration <= iterations; iteration++) {
    throwIfAborted(signal, 'Completing a matrix');
    const ridge = checkNonNegative('ridge', ridgeOf(step));
    let [moved, norm] = [0, 0];
    for (const [row, entries] of byRow.entries()) {
      const completed = completedRow(entries, kernel, columns, ridge);
      for (let j = 0; j < columns; j++) {
        const at = row * columns + j;
        moved += ((completed[j] as number) - (matrix[at] as number)) ** 2;
        norm += (completed[j] as number) ** 2;
        matrix[at] = completed[j] as number;
      }
    }
    step = { iteration, matrix, change: Math.sqrt(moved / norm) };
    yield step;
    await eventLoopTurn();
    if (iteration === iterations) return;
    using x = backend.tensor(matrix, [rows, columns], dtype);
    using agop = backend.gram(x, { transpose: true, alpha: 1 / rows });
    using squared = power === 1 ? backend.matmul(agop, agop) : undefined;
    kernel = Float64Array.from(await (squared ?? agop).read());
  }
}

/**
 * Entries as they must be to look at them: lists in a matrix that memory can hold.
 *
 * @throws {OptionError} for anything else
 */
export function checkKnown(known: KnownEntries): KnownEntries {
  const kinds = { row: 'numbers', column: 'numbers', value: 'numbers' } as const;
  checkMembers('the known entries', known, { ...kinds, rows: 'number', columns: 'number' });
  checkWhole('rows', known.rows, 1, 2 ** 24);
  checkWhole('columns', known.columns, 1, Math.floor(2 ** 27 / known.rows));
  return known;
}

interface RowEntries {
  readonly columns: Int32Array;
  readonly values: Float64Array;
}

function entriesByRow({ rows, columns, row, column, value }: KnownEntries): RowEntries[] {
  if (row.length !== value.length || column.length !== value.length) {
    throw new ShapeError(
      `There are ${value.length} values, but ${row.length} rows and ${column.length} columns.`,
    );
  }
  if (value.length === 0) throw new ValueError('No entry is known: there is nothing to complete from.');
  const places = Array.from({ length: rows }, () => new Map<number, number>());
  for (let k = 0; k < value.length; k++) {
    const [i, j, v] = [row[k] as number, column[k] as number, value[k] as number];
    const entries = places[i];
    if (!entries || j < 0 || j >= columns) {
      throw new ShapeError(
        `Entry ${k} is at row ${i}, column ${j}, outside a matrix of ${rows} x ${columns}.`,
      );
    }
    if (entries.has(j)) throw new ShapeError(`The entry at row ${i}, column ${j} is known twice.`);
    if (!Number.isFinite(v)) {
      throw new ValueError(`The entry at row ${i}, column ${j} is ${v}.`, { row: i, column: j });
    }
    entries.set(j, v);
  }
  return places.map((entries) => ({
    columns: Int32Array.from(entries.keys()),
    values: Float64Array.from(entries.values()),
  }));
}

/** Kernel ridge regression of one row from its known entries, which stay as they are. */
function completedRow(
  { columns: at, values }: RowEntries,
  kernel: Float64Array | undefined,
  columns: number,
  ridge: number,
): Float64Array {
  const out = new Float64Array(columns);
  const n = at.length;
  if (kernel && n > 0) {
    const gram = { buffer: new Float64Array(n * n), dtype: 'float64', rows: n, columns: n } as const;
    for (let a = 0; a < n; a++) {
      for (let b = 0; b <= a; b++) {
        gram.buffer[a * n + b] = kernel[(at[a] as number) * columns + (at[b] as number)] as number;
      }
    }
    const weights = { buffer: values.slice(), dtype: 'float64', rows: n, columns: 1 } as const;
    cholesky(gram, ridge);
    solveTriangular(gram, weights, false);
    solveTriangular(gram, weights, true);
    for (let a = 0; a < n; a++) {
      const weight = weights.buffer[a] as number;
      const row = (at[a] as number) * columns;
      for (let j = 0; j < columns; j++) out[j] = (out[j] as number) + weight * (kernel[row + j] as number);
    }
  }
  for (let a = 0; a < n; a++) out[at[a] as number] = values[a] as number;
  return out;
}
