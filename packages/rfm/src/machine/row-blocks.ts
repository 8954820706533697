/** Rows `begin` (included) to `end` (excluded). */
export interface RowBlock {
  readonly begin: number;
  readonly end: number;
}

/**
 * Splits rows into blocks, so that a few block × m matrices stay small against an m × m one: at most an eighth of the rows and at
 * most 512 of them, but at least 32 to keep products efficient.
 */
export function rowBlocks(rows: number): RowBlock[] {
  const size = Math.min(512, Math.max(32, Math.ceil(rows / 8)));
  const blocks: RowBlock[] = [];
  for (let begin = 0; begin < rows; begin += size) blocks.push({ begin, end: Math.min(begin + size, rows) });
  return blocks;
}
