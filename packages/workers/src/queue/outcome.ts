import { AgopError, type AgopErrorCode, FormatError, WorkerError } from '@agop/core';
import type { Redis } from 'ioredis';
import * as z from 'zod/mini';
import type { QueueNames } from './names.ts';

/** How a job ended, the same wherever it was done: with a result, or with an error of its own. */
export type Outcome =
  /** `isLate`: its deadline passed meanwhile, so that it may be less than the whole. */
  | { readonly kind: 'result'; readonly bytes: Uint8Array; readonly isLate: boolean }
  | { readonly kind: 'failure'; readonly code: AgopErrorCode; readonly message: string };

/** Codes of errors that a job has everywhere: they are an outcome, and no reason to try again. */
const ofJobs = [
  'NOT_POSITIVE_DEFINITE',
  'DEGENERATE_METRIC',
  'NO_CONVERGENCE',
  'VALUE',
  'SHAPE',
  'DTYPE',
  'OPTION',
  'LABEL',
] as const satisfies AgopErrorCode[];

const schema = z.object({ code: z.enum(ofJobs), message: z.string() });

/** The outcome that an error is; undefined for those of a machine, which another one may not have. */
export function outcomeOf(error: unknown): Outcome | undefined {
  if (!AgopError.isInstance(error)) return undefined;
  const known = schema.safeParse({ code: error.code, message: error.message });
  return known.success ? { kind: 'failure', ...known.data } : undefined;
}

/** The outcome of a job that failed wherever it was tried. @param reason see {@link quarantineReason} */
export function quarantined(name: string, reason: string): Outcome {
  if (reason.startsWith('OUT_OF_MEMORY: ')) {
    return { kind: 'failure', code: 'OUT_OF_MEMORY', message: reason.slice('OUT_OF_MEMORY: '.length) };
  }
  return {
    kind: 'failure',
    code: 'WORKER',
    message: `Job ${name} failed wherever it was tried, and is tried no more: ${reason.replace(/\.$/, '')}.`,
  };
}

/** Why an attempt failed, in a line. */
export function reasonOf(error: unknown): string {
  if (AgopError.isInstance(error) && error.code === 'OUT_OF_MEMORY') return `OUT_OF_MEMORY: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}

/** What the driver says of a failure. */
export function failureOf({ code, message }: Outcome & { kind: 'failure' }): Error {
  return code === 'WORKER' ? new WorkerError(message) : new AgopError(code, message);
}

/** Keeps an outcome. The first one stays, should a job be done twice. */
export async function writeOutcome(
  redis: Redis,
  names: QueueNames,
  job: string,
  outcome: Outcome,
  keepSeconds: number,
): Promise<void> {
  const bytes =
    outcome.kind === 'result'
      ? Buffer.concat([Buffer.of(outcome.isLate ? 2 : 0), outcome.bytes])
      : Buffer.from(`\u0001${JSON.stringify({ code: outcome.code, message: outcome.message })}`);
  await redis.set(names.result(job), bytes, 'EX', Math.ceil(keepSeconds), 'NX');
}

/**
 * The outcome of a job; undefined where it is not kept any more.
 *
 * @throws {FormatError} for bytes that are none
 */
export async function readOutcome(
  redis: Redis,
  names: QueueNames,
  job: string,
): Promise<Outcome | undefined> {
  const bytes = await redis.getBuffer(names.result(job));
  if (!bytes) return undefined;
  // A copy: tensors in it have to be aligned.
  const rest = Uint8Array.from(bytes.subarray(1));
  if (bytes[0] !== 1) return { kind: 'result', bytes: rest, isLate: bytes[0] === 2 };
  const failure = schema.safeParse(JSON.parse(new TextDecoder().decode(rest)));
  if (!failure.success) throw new FormatError('What a job gave is damaged.', { cause: failure.error });
  return { kind: 'failure', ...failure.data };
}
