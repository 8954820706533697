import { makeCurrent } from './current-context.ts';
import { type DeviceFacts, deviceFacts } from './facts.ts';
import { type Native, received, receivedInt } from './native.ts';

/** CU_STREAM_NON_BLOCKING: no waiting for what other programs of the process put on the default stream. */
const nonBlocking = 1;
/** CU_EVENT_DISABLE_TIMING */
const untimed = 2;

/**
 * A device's primary context, which cuBLAS and cuSOLVER use as well, and one stream on it: all work of a
 * backend, in the order of its calls.
 */
export class DeviceContext {
  readonly native: Native;
  readonly facts: DeviceFacts;
  readonly stream: number;
  /** CUdevice */
  readonly device: number;
  readonly #context: number;

  constructor(native: Native, ordinal: number) {
    const { driver } = native;
    this.native = native;
    this.facts = deviceFacts(native, ordinal);
    this.device = receivedInt((out) => driver.cuDeviceGet(out, ordinal));
    this.#context = received((out) => driver.cuDevicePrimaryCtxRetain(out, this.device));
    try {
      this.activate();
      this.stream = received((out) => driver.cuStreamCreate(out, nonBlocking));
    } catch (error) {
      native.libraries.driver.cuDevicePrimaryCtxRelease_v2(this.device);
      throw error;
    }
  }

  /** Makes it the calling thread's context: others in the process, on other devices, do the same. */
  activate(): void {
    this.native.demandContext();
    const status = makeCurrent(this.native.libraries, this.#context);
    if (status !== 0) throw this.native.failure('driver', 'cuCtxSetCurrent', status);
  }

  createEvent(isTimed = false): number {
    return received((out) => this.native.driver.cuEventCreate(out, isTimed ? 0 : untimed));
  }

  /** Free and total device memory in bytes, for all processes. */
  memory(): { readonly freeBytes: number; readonly totalBytes: number } {
    const [free, total] = [new BigUint64Array(1), new BigUint64Array(1)];
    this.native.driver.cuMemGetInfo_v2(free, total);
    return { freeBytes: Number(free[0]), totalBytes: Number(total[0]) };
  }

  /** Waits for the stream. */
  synchronize(): void {
    this.native.driver.cuStreamSynchronize(this.stream);
  }

  /**
   * Ends the stream and lets go of the context. Statuses are not checked: a lost context cannot be tidied up.
   */
  close(): void {
    const { driver } = this.native.libraries;
    driver.cuStreamDestroy_v2(this.stream);
    driver.cuDevicePrimaryCtxRelease_v2(this.device);
  }
}
