import { type AgopError, DeviceError, DisposedError } from '@agop/core';
import { blocksOf, type Command, writtenBy } from './commands.ts';
import type { Encoder } from './encoder.ts';

/** Commands after which what is recorded is handed over, without waiting for the end of the turn. */
const batchLength = 256;

/**
 * Commands in the order of the calls. They are recorded and handed over in batches, at the latest in the next
 * microtask: a batch waits until its kernels are compiled and its memory is there, and those after it wait
 * for it.
 *
 * What cannot be computed is known late. A command that lacks memory, or whose kernel does not compile, is
 * left out; what it would have written is marked with the error, and so is what is computed from that. The
 * first `read` of any of it rejects with the error; everything else goes on.
 */
export class CommandQueue {
  readonly #device: GPUDevice;
  readonly #encoder: Encoder;
  #recorded: Command[] = [];
  #isScheduled = false;
  /** Settles when the batches that wait have been handed over; undefined where none does. */
  #waiting: Promise<void> | undefined;
  /** Settles when the device has said whether all submissions up to the last one were in order. */
  #checked: Promise<void> = Promise.resolve();
  /** Why nothing can be computed any more. */
  #fault: AgopError | undefined;

  constructor(device: GPUDevice, encoder: Encoder) {
    this.#device = device;
    this.#encoder = encoder;
  }

  /** Ends all work: later operations throw the error, reads reject with it. The first one counts. */
  fail(error: AgopError): void {
    this.#fault ??= error;
  }

  /** @throws {DeviceError} once the device is lost or has reported a fault; {DisposedError} once closed */
  checkUsable(): void {
    if (this.#fault) throw this.#fault;
  }

  record(command: Command): void {
    this.checkUsable();
    for (const { store } of blocksOf(command)) if (store) store.uses += 1;
    this.#recorded.push(command);
    if (this.#recorded.length >= batchLength) this.flush();
    else if (!this.#isScheduled) {
      this.#isScheduled = true;
      queueMicrotask(() => this.flush());
    }
  }

  /** Hands over what is recorded, as soon as it can be. */
  flush(): void {
    this.#isScheduled = false;
    const batch = this.#recorded;
    if (batch.length === 0) return;
    this.#recorded = [];
    const needed = waitsOf(batch);
    if (!this.#waiting && needed.length === 0) {
      this.#encode(batch);
      return;
    }
    const waiting = this.#handOver(batch, needed, this.#waiting);
    this.#waiting = waiting;
    waiting.then(() => {
      if (this.#waiting === waiting) this.#waiting = undefined;
    });
  }

  /** Waits until all that is recorded now has been handed over. */
  async handedOver(): Promise<void> {
    this.flush();
    await this.#waiting;
  }

  /**
   * Waits until the device has checked all that has been handed over.
   *
   * @throws {DeviceError} if it found a fault, or is lost; {DisposedError} once closed
   */
  async checked(): Promise<void> {
    await this.#checked;
    this.checkUsable();
  }

  /** Forgets what is recorded. */
  close(): void {
    this.fail(new DisposedError("Backend 'webgpu'"));
    this.#recorded = [];
  }

  /** Never rejects. */
  async #handOver(batch: Command[], needed: readonly Promise<void>[], before?: Promise<void>): Promise<void> {
    await before;
    await Promise.all(needed);
    // Memory that this batch waited for may have been asked for by none but it.
    this.#encode(batch);
  }

  #encode(batch: readonly Command[]): void {
    for (const command of batch) for (const { store } of blocksOf(command)) if (store) store.uses -= 1;
    if (this.#fault) return;
    const device = this.#device;
    for (const kind of scopes) device.pushErrorScope(kind);
    try {
      for (const command of batch) {
        const failure = failureOf(command);
        if (failure) for (const block of writtenBy(command)) block.spoil(failure);
        else this.#encoder.add(command);
      }
      this.#encoder.submit();
    } catch (error) {
      this.fail(new DeviceError('webgpu', 'a submission', String(error)));
    }
    const found = Promise.all(scopes.map(() => device.popErrorScope()));
    this.#checked = Promise.all([this.#checked, found]).then(
      ([, errors]) => {
        const error = errors.find((one) => one !== null);
        if (error) this.fail(new DeviceError('webgpu', 'a submission', error.message));
      },
      (error) => this.fail(new DeviceError('webgpu', 'a submission', String(error))),
    );
  }
}

const scopes = ['validation', 'out-of-memory', 'internal'] as const;

/** What a batch has to wait for. */
function waitsOf(batch: readonly Command[]): Promise<void>[] {
  const waits = new Set<Promise<void>>();
  for (const command of batch) {
    if (command.kind === 'dispatch' && command.pipeline.pending) waits.add(command.pipeline.pending);
    for (const { store } of blocksOf(command)) if (store?.pending) waits.add(store.pending);
  }
  return [...waits];
}

/** Why a command cannot be carried out. */
function failureOf(command: Command): AgopError | undefined {
  if (command.kind === 'dispatch' && command.pipeline.failure) return command.pipeline.failure;
  return blocksOf(command).find(({ failure }) => failure)?.failure;
}
