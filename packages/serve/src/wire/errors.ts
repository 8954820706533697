import { AgopError, type AgopErrorCode, type Wording } from '@agop/core';
import { isData } from './data.ts';

/** An error as plain data: classes and symbols do not cross threads. */
export type SentError =
  | {
      readonly kind: 'agop';
      readonly code: AgopErrorCode;
      readonly wording: Wording;
      readonly name: string;
      readonly stack: string | undefined;
      /** Its other properties: rows, columns, options, numbers. */
      readonly facts: Readonly<Record<string, unknown>>;
      readonly cause: SentError | undefined;
    }
  | {
      readonly kind: 'error';
      readonly name: string;
      readonly message: string;
      readonly stack: string | undefined;
      readonly cause: SentError | undefined;
    }
  | { readonly kind: 'value'; readonly value: unknown };

/** An error, whatever was thrown, as plain data. */
export function sendError(error: unknown): SentError {
  if (!(error instanceof Error)) {
    return { kind: 'value', value: isData(error) ? error : String(error) };
  }
  const { name, message, stack } = error;
  const cause = error.cause === undefined ? undefined : sendError(error.cause);
  if (!AgopError.isInstance(error)) return { kind: 'error', name, message, stack, cause };
  const { code, wording } = error;
  const own = Object.entries(error).filter(([key, value]) => !ofAll.has(key) && isData(value));
  return { kind: 'agop', code, wording, name, stack, facts: Object.fromEntries(own), cause };
}

/** The error that was sent: an agop error has its code, by which errors are recognized, and its facts. */
export function receiveError(sent: SentError): unknown {
  if (sent.kind === 'value') return sent.value;
  const { name, stack, cause } = sent;
  const options = cause === undefined ? {} : { cause: receiveError(cause) };
  const error =
    sent.kind === 'agop' ? new AgopError(sent.code, sent.wording, options) : new Error(sent.message, options);
  const facts = sent.kind === 'agop' ? sent.facts : {};
  return Object.defineProperties(error, {
    ...Object.getOwnPropertyDescriptors(facts),
    name: { value: name, configurable: true, writable: true },
    stack: { value: stack, configurable: true, writable: true },
  });
}

/** What every agop error has. */
const ofAll: ReadonlySet<string> = new Set(['code', 'wording', 'name']);
