/** A matrix of the suite's own references: float64, row-major. */
export interface Grid {
  /** Number of rows. */
  readonly rows: number;
  /** Number of columns. */
  readonly columns: number;
  /** Elements, row-major. */
  readonly data: Float64Array;
}

/** A grid from a function of the position. */
export function grid(rows: number, columns: number, element: (i: number, j: number) => number): Grid {
  const data = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) data[i * columns + j] = element(i, j);
  }
  return { rows, columns, data };
}

/** Element (i, j). */
export function cell(g: Grid, i: number, j: number): number {
  return g.data[i * g.columns + j] as number;
}

export function transposed(g: Grid): Grid {
  return grid(g.columns, g.rows, (i, j) => cell(g, j, i));
}

/** The same grid with each element changed. */
export function changed(g: Grid, change: (value: number, i: number, j: number) => number): Grid {
  return grid(g.rows, g.columns, (i, j) => change(cell(g, i, j), i, j));
}

/** A product and, for its error bound, the product of the absolute values. */
export interface Product {
  readonly value: Grid;
  readonly magnitude: Grid;
}

/** A B by rows of B: out_i += a_ik b_k. */
export function multiply(a: Grid, b: Grid): Grid {
  const data = new Float64Array(a.rows * b.columns);
  for (let i = 0; i < a.rows; i++) {
    for (let k = 0; k < a.columns; k++) {
      const factor = cell(a, i, k);
      for (let j = 0; j < b.columns; j++) {
        const at = i * b.columns + j;
        data[at] = (data[at] as number) + factor * cell(b, k, j);
      }
    }
  }
  return { rows: a.rows, columns: b.columns, data };
}

/** A B and |A| |B|. */
export function product(a: Grid, b: Grid): Product {
  return { value: multiply(a, b), magnitude: multiply(changed(a, Math.abs), changed(b, Math.abs)) };
}

/** The largest absolute value. */
export function largest(g: Grid): number {
  return g.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/** The Frobenius norm. */
export function frobenius(g: Grid): number {
  return Math.sqrt(g.data.reduce((sum, value) => sum + value * value, 0));
}
