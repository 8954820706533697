/** A row-major array of values. */
export interface Grid {
  readonly data: ArrayLike<number>;
  readonly rows: number;
  readonly columns: number;
}

/**
 * A matrix with at most `limit` rows and columns. Each new cell takes the entry of largest magnitude among
 * those it covers, so that single large entries (a diagonal, say) stay visible.
 */
export function shrink(data: ArrayLike<number>, rows: number, columns: number, limit: number): Grid {
  if (rows <= limit && columns <= limit) return { data, rows, columns };
  const newRows = Math.min(rows, limit);
  const newColumns = Math.min(columns, limit);
  const small = new Float64Array(newRows * newColumns);
  for (let row = 0; row < rows; row++) {
    const start = Math.floor((row * newRows) / rows) * newColumns;
    for (let column = 0; column < columns; column++) {
      const cell = start + Math.floor((column * newColumns) / columns);
      const value = data[row * columns + column] as number;
      if (Math.abs(value) > Math.abs(small[cell] as number)) small[cell] = value;
    }
  }
  return { data: small, rows: newRows, columns: newColumns };
}
