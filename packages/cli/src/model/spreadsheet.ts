import type { CsvCell } from '@agop/data';

/** A text that a spreadsheet may take for a formula, also after a separator that it looks for instead of commas. */
const formula = /^[\t\r\n]|(?<=^\s*|[;|\t\n]\s*)[=+\-@＝＋－＠]/g;

/**
 * A cell that spreadsheets show as it is: before a text that they would compute (`=1+1`, `@SUM(A1)`) stands an
 * apostrophe. Numbers, also those that are texts, stay as they are.
 */
export function spreadsheetSafe(cell: CsvCell): CsvCell {
  if (typeof cell !== 'string' || (cell.trim() !== '' && Number.isFinite(Number(cell)))) return cell;
  return cell.replace(formula, "'$&");
}
