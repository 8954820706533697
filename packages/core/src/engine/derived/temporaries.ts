import type { DType } from '../../dtype.ts';
import type { Matrix } from '../../matrix.ts';
import type { EssentialEngine } from '../engine.ts';

/** Memory of a composed kernel, freed at its end. */
export class Temporaries<Buffer> {
  readonly #engine: EssentialEngine<Buffer>;
  readonly #buffers: Buffer[] = [];

  constructor(engine: EssentialEngine<Buffer>) {
    this.#engine = engine;
  }

  /** A matrix that holds anything. */
  matrix(rows: number, columns: number, dtype: DType): Matrix<Buffer> {
    const buffer = this.#engine.allocate(rows * columns, dtype);
    this.#buffers.push(buffer);
    return { buffer, dtype, rows, columns };
  }

  /** One row of values from the host. */
  row(values: ArrayLike<number>, dtype: DType): Matrix<Buffer> {
    const made = this.matrix(1, values.length, dtype);
    this.#engine.write(made.buffer, values, dtype);
    return made;
  }

  [Symbol.dispose](): void {
    for (const buffer of this.#buffers) this.#engine.free(buffer);
  }
}

/** The same elements in rows of another length. */
export function reshaped<Buffer>(m: Matrix<Buffer>, rows: number, columns: number): Matrix<Buffer> {
  return { ...m, rows, columns };
}

export function sizeOf<Buffer>({ rows, columns }: Matrix<Buffer>): number {
  return rows * columns;
}
