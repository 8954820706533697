import { ShapeError } from '@agop/core';

/** A matrix on the host, row-major, in float64. What is of the size of the features stays here. */
export interface HostMatrix {
  readonly data: Float64Array;
  readonly rows: number;
  readonly columns: number;
}

/** A matrix of zeros. */
export function zeros(rows: number, columns: number): HostMatrix {
  return { data: new Float64Array(rows * columns), rows, columns };
}

/** The product A B. @throws {ShapeError} where they do not fit */
export function product(a: HostMatrix, b: HostMatrix): HostMatrix {
  if (a.columns !== b.rows) {
    throw new ShapeError(`A product of [${a.rows}, ${a.columns}] and [${b.rows}, ${b.columns}] is none.`);
  }
  const out = zeros(a.rows, b.columns);
  for (let i = 0; i < a.rows; i++) {
    for (let k = 0; k < a.columns; k++) {
      const factor = a.data[i * a.columns + k] as number;
      for (let j = 0; j < b.columns; j++) {
        const to = i * b.columns + j;
        out.data[to] = (out.data[to] as number) + factor * (b.data[k * b.columns + j] as number);
      }
    }
  }
  return out;
}

/** Aᵀ */
export function transposed({ data, rows, columns }: HostMatrix): HostMatrix {
  const out = zeros(columns, rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) out.data[j * rows + i] = data[i * columns + j] as number;
  }
  return out;
}

/** The first columns of a matrix. */
export function firstColumns({ data, rows, columns }: HostMatrix, count: number): HostMatrix {
  const out = zeros(rows, count);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < count; j++) out.data[i * count + j] = data[i * columns + j] as number;
  }
  return out;
}

/** Rows multiplied by one number each: diag(factors) A. */
export function scaleRows({ data, rows, columns }: HostMatrix, factors: ArrayLike<number>): HostMatrix {
  const scaled = data.map((value, at) => value * (factors[Math.floor(at / columns)] as number));
  return { data: scaled, rows, columns };
}

/** Adds factor · B to A, in place. */
export function addTo(a: HostMatrix, b: HostMatrix, factor = 1): void {
  for (let at = 0; at < a.data.length; at++) {
    a.data[at] = (a.data[at] as number) + factor * (b.data[at] as number);
  }
}

/** The symmetric part (A + Aᵀ) / 2. */
export function symmetrized(a: HostMatrix): HostMatrix {
  const out = transposed(a);
  addTo(out, a);
  return { ...out, data: out.data.map((value) => value / 2) };
}
