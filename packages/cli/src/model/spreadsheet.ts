import type { CsvCell } from '@agop/data';

/** Where a spreadsheet may see a formula: at the beginning, or after what it takes for a separator. */
const formula = /^[\t\r\n]|(?<=^\s*|[;|\t\n]\s*)[=+\-@＝＋－＠]/g;

/**
 * A cell that spreadsheets show as it is: before a text that they would compute (`=1+1`, `@SUM(A1)`) stands
 * an apostrophe. Numbers, also those that are texts, stay as they are.
 */
export function spreadsheetSafe(cell: CsvCell): CsvCell {
  if (typeof cell !== 'string' || (cell.trim() !== '' && Number.isFinite(Number(cell)))) return cell;
  return cell.replace(formula, "'$&");
}
