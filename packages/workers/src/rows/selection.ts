import { FormatError } from '@agop/core';

/**
 * Row numbers as a short text: the differences of neighbors as variable-length integers, in base64. Rows of a
 * leaf take one or two bytes each.
 */
export function encodeSelection(rows: ArrayLike<number>): string {
  const bytes: number[] = [];
  let before = 0;
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] as number;
    const step = row - before;
    before = row;
    // Signs last, so that small steps either way are small numbers.
    let rest = step < 0 ? -2 * step - 1 : 2 * step;
    while (rest >= 128) {
      bytes.push((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    bytes.push(rest);
  }
  return Buffer.from(bytes).toString('base64');
}

/**
 * The row numbers of {@link encodeSelection}.
 *
 * @param limit how many rows there are to choose from
 * @throws {FormatError} for texts that are none, and rows that are not there
 */
export function decodeSelection(text: string, limit: number): Int32Array {
  const bytes = Buffer.from(text, 'base64');
  const rows = new Int32Array(bytes.reduce((count, byte) => count + (byte < 128 ? 1 : 0), 0));
  let [before, at, value, scale] = [0, 0, 0, 1];
  for (const byte of bytes) {
    value += (byte % 128) * scale;
    scale *= 128;
    if (byte >= 128) continue;
    before += value % 2 === 1 ? -(value + 1) / 2 : value / 2;
    if (!(before >= 0 && before < limit)) {
      throw new FormatError(`A job chooses row ${before} of a file that has ${limit} rows.`);
    }
    rows[at++] = before;
    [value, scale] = [0, 1];
  }
  if (scale !== 1) throw new FormatError('The rows that a job chooses are cut off.');
  return rows;
}
