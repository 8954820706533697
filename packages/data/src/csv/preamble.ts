import Papa from 'papaparse';
import { parseNumber } from '../cells/numbers.ts';

/** What stands before the header line of a CSV text. */
export interface Preamble {
  /** Characters of the lines that are no records. */
  readonly length: number;
  /** Lines that are no records. */
  readonly lines: number;
  /** Lines of comments among them. */
  readonly comments: number;
  /** Separator that a line `sep=;`, as Excel writes it, names. */
  readonly delimiter: string | undefined;
}

const separatorLine = /^"?sep=(.|\\t)"?[,;\t]*$/i;
/** How a line begins that is a comment, with or without a quote before the mark. */
export const commentLine = /^\s*"?(?:#|%|\/\/)/;

/** Finds the lines before the header: blank ones, one that names the separator, comments. */
export function readPreamble(text: string): Preamble {
  let [length, lines, comments] = [0, 0, 0];
  let delimiter: string | undefined;
  let kept: { readonly length: number; readonly lines: number; readonly line: string } | undefined;
  while (length < text.length) {
    const end = text.indexOf('\n', length);
    const line = text.slice(length, end < 0 ? text.length : end);
    const named = delimiter === undefined ? separatorLine.exec(line.trim())?.[1] : undefined;
    if (named !== undefined) delimiter = named === '\\t' ? '\t' : named;
    else if (commentLine.test(line)) {
      comments += 1;
      kept = { length, lines, line };
    } else if (line.trim() !== '') {
      // A header may begin with such a mark too: the cells of the next line then are as many, and numbers.
      if (kept !== undefined && isHeaderOf(kept.line, line)) {
        return { length: kept.length, lines: kept.lines, comments: comments - 1, delimiter };
      }
      break;
    }
    if (end < 0) break;
    length = end + 1;
    lines += 1;
  }
  return { length, lines, comments, delimiter };
}

/**
 * Whether a line that begins as a comment names the columns of the next one: as many cells, numbers below
 * them, or the first of several cells between quotes, as `formatCsv` writes such a name.
 */
function isHeaderOf(line: string, next: string): boolean {
  return [',', ';', '\t', '|'].some((delimiter) => {
    const [first = [], second = []] = Papa.parse<string[]>(`${line}\n${next}`, {
      delimiter,
      newline: '\n',
    }).data;
    if (first.length !== second.length || (first.length === 1 && /\s/.test(line.trim()))) return false;
    const hasNames = first.length > 1 && first.every((cell) => cell.trim() !== '');
    if (hasNames && line.startsWith('"')) return true;
    return second.some((cell) => parseNumber(cell.trim()) !== undefined);
  });
}

/** Whether a record is a comment between the rows. */
export function isComment(cells: readonly string[], width: number): boolean {
  return cells.length !== width && commentLine.test(cells[0] ?? '');
}
