// What http-server.ts is asked to predict: numbers in rows, or rows by the names of their columns.
import type { IncomingMessage } from 'node:http';
import { type ColumnType, parseCsv, type Table, type TableSource, tableFrom } from '@agop/data';
import { Refusal, readBody } from './answers.ts';

/** What a model says of the table that it was fitted on; one of a matrix says nothing. */
interface Reading {
  readonly columnTypes?: Readonly<Record<string, ColumnType>>;
  readonly keptTexts?: Readonly<Record<string, readonly string[]>>;
}

/** The samples of a request; whether they are those of the model is the queue's to check. */
export async function readSamples(request: IncomingMessage, model: object): Promise<number[][] | Table> {
  const body = await readBody(request);
  if (request.headers['content-type']?.startsWith('text/csv')) {
    const { columnTypes: types = {}, keptTexts: kept = {} }: Reading = model;
    return parseCsv(body, { types, kept, name: 'The body' });
  }
  const content = parseJson(body);
  if (typeof content === 'object' && content !== null) {
    if ('x' in content && Array.isArray(content.x)) return content.x;
    if ('rows' in content && Array.isArray(content.rows)) return tableFrom(content.rows as TableSource);
  }
  throw new Refusal(
    400,
    'The body must be { "x": [[…], …] }, one list of numbers for each row, { "rows": [{ … }, …] }, one object for each row, or text/csv with a header.',
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, 'The body must be JSON: { "x": [[…], …] } or { "rows": [{ … }, …] }.');
  }
}
