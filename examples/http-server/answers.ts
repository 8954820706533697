// What http-server.ts answers to requests, and to what goes wrong.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AgopError, type AgopErrorCode } from '@agop/core';

/** A request that cannot be answered, with what HTTP calls that. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Errors of a prediction that are the client's, or pass. All others are the server's own. */
const statusOf: Partial<Readonly<Record<AgopErrorCode, number>>> = {
  VALUE: 400,
  SHAPE: 400,
  DTYPE: 400,
  LABEL: 400,
  FORMAT: 400,
  ABORTED: 499,
  OVERLOADED: 503,
  WORKER: 503,
  DISPOSED: 503,
};

/** Longest body that is read, in bytes. */
const longest = 10 * 2 ** 20;

/** The body of a request as text. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > longest) throw new Refusal(413, `The body is longer than ${longest} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

export function answer(response: ServerResponse, status: number, content: object): void {
  if (response.destroyed) return;
  const headers = status === 503 ? { 'retry-after': '1' } : {};
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(`${JSON.stringify(content)}\n`);
}

/** An error as an answer: what is the client's is said, what is the server's is written to its log. */
export function answerError(response: ServerResponse, error: unknown): void {
  if (error instanceof Refusal) {
    answer(response, error.status, { error: { code: 'REQUEST', message: error.message } });
    return;
  }
  const status = AgopError.isInstance(error) ? (statusOf[error.code] ?? 500) : 500;
  if (status === 500 || !AgopError.isInstance(error)) {
    console.error(error);
    answer(response, 500, { error: { code: 'INTERNAL', message: 'The prediction failed.' } });
    return;
  }
  const { code, message } = error;
  const position =
    'row' in error ? { row: error.row, ...('column' in error && { column: error.column }) } : {};
  answer(response, status, { error: { code, message, ...position } });
}
