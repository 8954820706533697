import { AgopError, hasCode } from './agop-error.ts';
import { type Wording, wording } from './wording.ts';

/** A tensor, backend or model was used after `dispose()`. */
export class DisposedError extends AgopError {
  static override readonly isInstance = (value: unknown): value is DisposedError =>
    hasCode(value, 'DISPOSED');

  /**
   * @param what a tensor, a backend, a model
   * @param during what was running when it was disposed, e.g. `predict()`; left out where it was used later
   */
  constructor(what: string, during?: string) {
    super(
      'DISPOSED',
      during === undefined
        ? `${what} was used after it had been disposed. Keep it alive, or make it again. A \`using\` block disposes at its end: await inside of it what still needs it.`
        : `${what} was disposed while ${during} was running. Await ${during} first. A \`using\` block disposes at its end: write \`return await\` in it, not \`return\`.`,
    );
  }
}

/** Tensors of two different backends met in one operation. */
export class BackendMismatchError extends AgopError {
  static override readonly isInstance = (value: unknown): value is BackendMismatchError =>
    hasCode(value, 'BACKEND_MISMATCH');

  constructor(operation: string, expected: string, received: string) {
    super(
      'BACKEND_MISMATCH',
      `${operation} on backend '${expected}' was given a tensor of backend '${received}'. ` +
        'Read the tensor and make it again on the right backend.',
    );
  }
}

const defaultHint = wording`Use fewer rows, ${{ option: 'dtype', value: 'float32' }}, or a smaller memory budget.`;

/** Memory ran out, on the host or on a device. The backend stays usable. */
export class OutOfMemoryError extends AgopError {
  static override readonly isInstance = (value: unknown): value is OutOfMemoryError =>
    hasCode(value, 'OUT_OF_MEMORY');

  /** Bytes that were asked for; NaN where a library asked and does not say. */
  readonly requestedBytes: number;
  /** Bytes that were free, or undefined where the backend cannot tell. */
  readonly availableBytes: number | undefined;

  constructor(backend: string, requestedBytes: number, availableBytes?: number, hint?: Wording | string) {
    const free = availableBytes === undefined ? '' : `, ${formatBytes(availableBytes)} are free`;
    const asked = Number.isNaN(requestedBytes) ? 'memory' : formatBytes(requestedBytes);
    super(
      'OUT_OF_MEMORY',
      wording`Backend '${backend}' cannot allocate ${asked}${free}. ${hint || defaultHint}`,
    );
    this.requestedBytes = requestedBytes;
    this.availableBytes = availableBytes;
  }
}

/** A device, or a library that drives it, reported a failure that is none of the others. */
export class DeviceError extends AgopError {
  static override readonly isInstance = (value: unknown): value is DeviceError => hasCode(value, 'DEVICE');

  /** The call that reported it. Devices work behind: an earlier operation may be the cause. */
  readonly operation: string;
  /** The status as its library names it, e.g. CUDA_ERROR_ILLEGAL_ADDRESS. */
  readonly status: string;

  constructor(backend: string, operation: string, status: string, advice = '') {
    super('DEVICE', `Backend '${backend}': ${operation} reports ${status}.${advice && ` ${advice}`}`);
    this.operation = operation;
    this.status = status;
  }
}

/** A worker in which models live did not start, or ended. What it held is lost. */
export class WorkerError extends AgopError {
  static override readonly isInstance = (value: unknown): value is WorkerError => hasCode(value, 'WORKER');

  constructor(message: string, options?: ErrorOptions) {
    super('WORKER', message, options);
  }
}

/** More is waiting to be computed than was allowed. Nothing was lost: try again later. */
export class OverloadedError extends AgopError {
  static override readonly isInstance = (value: unknown): value is OverloadedError =>
    hasCode(value, 'OVERLOADED');

  /** Rows that were waiting. */
  readonly waitingRows: number;
  /** Most rows that may wait. */
  readonly limit: number;

  constructor(rows: number, waitingRows: number, limit: number) {
    super(
      'OVERLOADED',
      rows > limit
        ? `A request of ${rows} rows is larger than the ${limit} that may wait at all. Send it in parts.`
        : `${waitingRows} rows are waiting, of ${limit} that may: there is no room for ${rows} more. Try again later.`,
    );
    this.waitingRows = waitingRows;
    this.limit = limit;
  }
}

/** One thing that was tried and why it failed. */
export interface Attempt {
  /** An engine, a library, a place. */
  readonly what: string;
  /** Why it failed, for people. */
  readonly reason: string;
}

/** An engine, device or optional package that is not there. Lists all that was tried. */
export class UnavailableError extends AgopError {
  static override readonly isInstance = (value: unknown): value is UnavailableError =>
    hasCode(value, 'UNAVAILABLE');

  /** All that was tried, in order. */
  readonly attempts: readonly Attempt[];

  constructor(message: string, attempts: readonly Attempt[] = [], options?: ErrorOptions) {
    const tried = attempts.map((a) => `\n  - ${a.what}: ${a.reason}`).join('');
    super('UNAVAILABLE', message + tried, options);
    this.attempts = attempts;
  }
}

/**
 * The error for an optional package that does not load.
 *
 * @param name the package
 * @param advice what needs it, and what to install
 * @param cause what its import threw
 */
export function notInstalled(name: string, advice: string, cause: unknown): UnavailableError {
  const reason = cause instanceof Error ? (cause.message.split('\n', 1)[0] ?? '') : String(cause);
  return new UnavailableError(advice, [{ what: name, reason }], { cause });
}

/** Bytes in the unit a person would choose, e.g. `1.5 GiB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(value < 10 ? 1 : 0)} ${units[unit]}`;
}
