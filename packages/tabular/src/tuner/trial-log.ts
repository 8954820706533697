import { FormatError } from '@agop/core';
import { checkText } from '@agop/core/options';
import * as z from 'zod/mini';
import type { Candidate } from './candidate.ts';
import type { Verdict } from './judge.ts';
import type { TrialEvent } from './trial.ts';

const line = z.object({
  trial: z.int(),
  rung: z.int(),
  /** What was judged, on which rows: a verdict for anything else does not count. */
  key: z.string(),
  seconds: z.number(),
  failure: z.nullish(z.string()),
  rows: z.string(),
  choices: z.array(
    z.object({
      choice: z.object({ iteration: z.int(), ridge: z.number(), learningRidges: z.array(z.number()) }),
      loss: z.number(),
      predictions: z.string(),
    }),
  ),
});

/**
 * A verdict as one line of text: append it to a file after each trial, and an interrupted search can go on.
 */
export function encodeTrial({ record, verdict }: Pick<TrialEvent, 'record' | 'verdict'>): string {
  const { trial, rung, candidate } = record;
  const { choices, rows, seconds, failure } = verdict;
  return JSON.stringify({
    trial,
    rung,
    key: keyOf(candidate, rows),
    seconds,
    failure: failure ?? null,
    rows: toBase64(rows),
    choices: choices.map(({ choice, loss, predictions }) => ({
      choice,
      loss,
      predictions: toBase64(predictions),
    })),
  });
}

/** Finds the verdict of an earlier search. */
export type VerdictLookup = (
  trial: number,
  rung: number,
  candidate: Candidate,
  rows: Int32Array,
) => Verdict | undefined;

/**
 * Reads the lines of {@link encodeTrial}. A last line that was cut off is left out.
 *
 * @throws {OptionError} for anything but a text
 * @throws {FormatError} for lines of another kind
 */
export function decodeTrials(text: string): VerdictLookup {
  const lines = checkText('text', text)
    .split('\n')
    .filter((one) => one.trim() !== '');
  const known = new Map<string, z.infer<typeof line>>();
  for (const [at, one] of lines.entries()) {
    const result = line.safeParse(parse(one));
    if (result.success) known.set(`${result.data.trial} ${result.data.rung} ${result.data.key}`, result.data);
    else if (at < lines.length - 1) {
      throw new FormatError(`Line ${at + 1} of the trials is none: begin the search anew without them.`, {
        cause: result.error,
      });
    }
  }
  return (trial, rung, candidate, rows) => {
    const found = known.get(`${trial} ${rung} ${keyOf(candidate, rows)}`);
    return (
      found && {
        rows: new Int32Array(fromBase64(found.rows)),
        seconds: found.seconds,
        ...(found.failure && { failure: found.failure }),
        choices: found.choices.map(({ choice, loss, predictions }) => ({
          choice,
          loss,
          predictions: new Float32Array(fromBase64(predictions)),
        })),
      }
    );
  };
}

/** What a verdict is about. */
function keyOf(candidate: Candidate, rows: Int32Array): string {
  let hash = 2166136261;
  for (const row of rows) hash = Math.imul(hash ^ row, 16777619) >>> 0;
  return `${JSON.stringify(candidate)} ${rows.length} ${hash}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function toBase64({ buffer, byteOffset, byteLength }: Float32Array | Int32Array): string {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

function fromBase64(text: string): ArrayBuffer {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
}
