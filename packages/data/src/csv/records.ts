import { FormatError } from '@agop/core';
import Papa from 'papaparse';

/** One record of a CSV text. */
export interface CsvRecord {
  readonly cells: readonly string[];
  /** Line on which the record begins, from 1. */
  readonly line: number;
}

const candidates = [',', ';', '\t', '|'];

/**
 * The separator between the cells of `text`: of comma, semicolon, tab and `|` the one that divides the header
 * line and gives most of the first records as many cells as it; of equals, the one that gives more cells.
 *
 * @param decimal decimal separator of numbers, which is then not a candidate
 */
export function detectDelimiter(text: string, decimal: string): string {
  let best = { delimiter: decimal === ',' ? ';' : ',', agreeing: 0, cells: 1 };
  for (const delimiter of candidates) {
    if (delimiter === decimal) continue;
    const { data } = Papa.parse<string[]>(text, {
      delimiter,
      newline: '\n',
      preview: 20,
      skipEmptyLines: true,
    });
    const cells = data[0]?.length ?? 1;
    const agreeing = data.filter((record) => record.length === cells).length;
    if (cells === 1 || agreeing < best.agreeing || (agreeing === best.agreeing && cells <= best.cells))
      continue;
    best = { delimiter, agreeing, cells };
  }
  return best.delimiter;
}

/**
 * Calls `visit` for every record that is not an empty line. Quoting is that of RFC 4180.
 *
 * @param text lines end with a line feed alone
 * @throws {FormatError} if a quoted cell is not closed or text follows its closing quote
 */
export function forEachRecord(
  text: string,
  delimiter: string,
  name: string,
  visit: (record: CsvRecord) => void,
): void {
  let line = 1;
  let position = 0;
  Papa.parse<string[]>(text, {
    delimiter,
    newline: '\n',
    step: ({ data, errors, meta }) => {
      if (errors.some((error) => error.type === 'Quotes')) {
        throw new FormatError(
          `${name}, line ${line}: a quoted cell is not closed, or text follows its closing quote. ` +
            'Write a quote inside a quoted cell twice.',
        );
      }
      if (data.length > 1 || data[0] !== '') visit({ cells: data, line });
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
