import { requireColumn, type Table } from '@agop/data';

/**
 * Which rows of a table are also in another one, by their cells in some columns, to the last digit of
 * float32. A model that was fitted on the other table knows them by heart.
 */
export function rowsAlsoIn(other: Table, table: Table, names: readonly string[]): boolean[] {
  const also = new Array<boolean>(table.rows).fill(false);
  if (names.length === 0) return also;
  const places = new Map<string, number[]>();
  const nameOf = namesOf(table, names);
  for (let row = 0; row < table.rows; row++) {
    const name = nameOf(row);
    const own = places.get(name);
    if (own) own.push(row);
    else places.set(name, [row]);
  }
  const nameInOther = namesOf(other, names);
  for (let row = 0; row < other.rows; row++) {
    for (const place of places.get(nameInOther(row)) ?? []) also[place] = true;
  }
  return also;
}

/** Says the cells of a row in one text; missing cells are alike, and 0 and -0 are one. */
function namesOf(table: Table, names: readonly string[]): (row: number) => string {
  const columns = names.map((name) => requireColumn(table, name));
  return (row) =>
    JSON.stringify(
      columns.map((column) =>
        column.kind === 'numeric'
          ? Math.fround(column.values[row] as number)
          : (column.categories[column.codes[row] as number] ?? null),
      ),
    );
}
