import { usage } from './constants.ts';

/** Most passes that are timed at once: what a set of queries may have. */
const mostPasses = 2048;

/** Times of passes, by the device's clock, where it has one. */
export class PassTimer {
  readonly #device: GPUDevice;
  #queries: GPUQuerySet | undefined;
  #isOn = false;
  #passes = 0;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  get isAvailable(): boolean {
    return this.#device.features.has('timestamp-query');
  }

  /** Times the passes from now on. */
  start(): void {
    this.#isOn = true;
    this.#queries ??= this.#device.createQuerySet({ type: 'timestamp', count: 2 * mostPasses });
    this.#passes = 0;
  }

  /** What the next pass is to be made with. */
  next(): GPUComputePassDescriptor {
    const querySet = this.#queries;
    if (!this.#isOn || !querySet || this.#passes >= mostPasses) return {};
    const beginningOfPassWriteIndex = 2 * this.#passes;
    this.#passes += 1;
    const endOfPassWriteIndex = beginningOfPassWriteIndex + 1;
    return { timestampWrites: { querySet, beginningOfPassWriteIndex, endOfPassWriteIndex } };
  }

  /** Times no more. */
  end(): void {
    this.#isOn = false;
  }

  /** Milliseconds that the passes took together. */
  async milliseconds(): Promise<number> {
    const [queries, count] = [this.#queries, 2 * this.#passes];
    this.#queries = undefined;
    if (!queries || count === 0) return 0;
    const device = this.#device;
    const bytes = count * 8;
    const resolved = device.createBuffer({ size: bytes, usage: usage.queryResolve | usage.copySource });
    const staging = device.createBuffer({ size: bytes, usage: usage.mapRead | usage.copyTarget });
    const encoder = device.createCommandEncoder();
    encoder.resolveQuerySet(queries, 0, count, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, staging, 0, bytes);
    device.queue.submit([encoder.finish()]);
    try {
      await staging.mapAsync(1);
      const times = new BigUint64Array(staging.getMappedRange());
      let nanoseconds = 0;
      for (let i = 0; i < count; i += 2)
        nanoseconds += Number((times[i + 1] as bigint) - (times[i] as bigint));
      return nanoseconds / 1e6;
    } finally {
      for (const made of [queries, resolved, staging]) made.destroy();
    }
  }
}
