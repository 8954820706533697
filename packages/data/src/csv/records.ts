import { FormatError } from '@agop/core';
import Papa from 'papaparse';
import { parseNumber } from '../cells/numbers.ts';

/** One record of a CSV text. */
export interface CsvRecord {
  readonly cells: readonly string[];
  /** Line on which the record begins, from 1. */
  readonly line: number;
  /** Whether it begins with a quote, so that it is no blank line. */
  readonly quoted: boolean;
  /** Blank lines between the record before and this one. */
  readonly blankBefore: number;
}

/** Lines from which the separator is detected. */
const sampledLines = 20;

const candidates = [',', ';', '\t', '|'];

/**
 * The separator between the cells of `text`: of comma, semicolon, tab and `|` the one that divides the header
 * line and gives most of the first records as many cells as it; of equals, the one that gives more cells.
 *
 * @param decimal decimal separator of numbers, which is then not a candidate
 */
export function detectDelimiter(text: string, decimal?: string): string {
  let best = { delimiter: decimal === ',' ? ';' : ',', agreeing: 0, cells: 1 };
  for (const delimiter of candidates) {
    if (delimiter === decimal) continue;
    const { data } = Papa.parse<string[]>(text, {
      delimiter,
      newline: '\n',
      preview: sampledLines,
      skipEmptyLines: true,
    });
    const cells = data[0]?.length ?? 1;
    const agreeing = data.filter((record) => record.length === cells).length;
    if (cells === 1 || agreeing < best.agreeing || (agreeing === best.agreeing && cells <= best.cells))
      continue;
    best = { delimiter, agreeing, cells };
  }
  return best.cells === 1 && isDividedByBlanks(text) ? ' ' : best.delimiter;
}

/** Whether blanks divide the first lines into as many cells each, of which numbers are some. */
function isDividedByBlanks(text: string): boolean {
  const lines = text
    .slice(0, 1 << 16)
    .split('\n', sampledLines)
    .filter((line) => line.trim() !== '')
    .map((line) => line.trim().split(/[ \t]+/));
  const [header = [], ...rows] = lines;
  if (header.length < 2 || rows.length === 0) return false;
  return rows.every(
    (cells) => cells.length === header.length && cells.some((cell) => parseNumber(cell) !== undefined),
  );
}

/** A text whose cells are divided by runs of blanks, with a tab between each two instead. */
export function tabsForBlanks(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim().replace(/[ \t]+/g, '\t'))
    .join('\n');
}

/**
 * Calls `visit` for every record that is not a blank line, until it answers false. Quoting is that of RFC
 * 4180.
 *
 * @param text lines end with a line feed alone
 * @param firstLine number of its first line
 * @throws {FormatError} if a quoted cell is not closed or text follows its closing quote
 */
export function forEachRecord(
  text: string,
  delimiter: string,
  name: string,
  visit: (record: CsvRecord) => boolean | undefined,
  firstLine = 1,
): void {
  let line = firstLine;
  let position = 0;
  let blankBefore = 0;
  Papa.parse<string[]>(text, {
    delimiter,
    newline: '\n',
    step: ({ data, errors, meta }, parser) => {
      if (errors.some((error) => error.type === 'Quotes')) {
        throw new FormatError(
          `${name}, line ${line}: a quoted cell is not closed, or text follows its closing quote. ` +
            'Write a quote inside a quoted cell twice.',
        );
      }
      const quoted = text[position] === '"';
      if (data.length > 1 || quoted || data[0]?.trim() !== '') {
        if (visit({ cells: data, line, quoted, blankBefore }) === false) parser.abort();
        blankBefore = 0;
      } else blankBefore += 1;
      for (
        let at = text.indexOf('\n', position);
        at >= 0 && at < meta.cursor;
        at = text.indexOf('\n', at + 1)
      ) {
        line += 1;
      }
      position = meta.cursor;
    },
  });
}
