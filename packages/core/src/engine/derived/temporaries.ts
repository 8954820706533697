import type { DType } from '../../dtype.ts';
import type { Matrix } from '../../matrix.ts';
import type { BoundInput, EssentialEngine } from '../engine.ts';

/** Memory of a composed kernel, freed at its end. */
export class Temporaries<B> {
  readonly #engine: EssentialEngine<B>;
  readonly #buffers: B[] = [];

  constructor(engine: EssentialEngine<B>) {
    this.#engine = engine;
  }

  /** A matrix that holds anything. */
  matrix(rows: number, columns: number, dtype: DType): Matrix<B> {
    const buffer = this.#engine.allocate(rows * columns, dtype);
    this.#buffers.push(buffer);
    return { buffer, dtype, rows, columns };
  }

  /** One row of values from the host. */
  row(values: ArrayLike<number>, dtype: DType): Matrix<B> {
    const made = this.matrix(1, values.length, dtype);
    this.#engine.write(made.buffer, values, dtype);
    return made;
  }

  [Symbol.dispose](): void {
    for (const buffer of this.#buffers) this.#engine.free(buffer);
  }
}

/** The same elements in rows of another length. */
export function reshaped<B>(m: Matrix<B>, rows: number, columns: number): Matrix<B> {
  return { ...m, rows, columns };
}

export function sizeOf<B>({ rows, columns }: Matrix<B>): number {
  return rows * columns;
}

/** Inputs of an expression that have the full shape, by name. */
export function full<B>(matrices: Readonly<Record<string, Matrix<B>>>): BoundInput<B>[] {
  return Object.entries(matrices).map(([name, matrix]) => ({ name, kind: 'full', matrix }));
}
