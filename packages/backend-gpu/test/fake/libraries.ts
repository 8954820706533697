import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { CudaLibraries, LibraryName } from '../../src/driver/libraries.ts';
import {
  blasSignatures,
  compilerSignatures,
  driverSignatures,
  solverSignatures,
} from '../../src/driver/signatures.ts';
import { type FakeLaunch, fakeKernels } from './kernels.ts';
import { FakeMemory } from './memory.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

interface FakeStream {
  readonly context: number;
  readonly queue: (() => void)[];
  /** Pieces of work that are done. */
  done: number;
}

interface FakeEvent {
  /** The stream on which it was recorded, and how much of its work comes before. */
  stream?: FakeStream;
  position: number;
  /** So often it is asked for before that work is done. */
  questions: number;
}

/** Of the grid and the blocks, and the shared memory. */
type SevenSizes = [number, number, number, number, number, number, number];

export interface FakeOptions {
  readonly devices?: number;
  readonly memoryBytes?: number;
  readonly hasMemoryPools?: boolean;
  /** What cuSOLVER asks for on the host. */
  readonly hostWorkspaceBytes?: number;
}

/**
 * CUDA's libraries without a device. What is put on a stream is done late: when somebody waits for it, or
 * asks for an event a few times. So a program that reuses memory too early, or reads results too soon, gets
 * wrong numbers.
 */
export class FakeLibraries implements CudaLibraries {
  readonly files = { driver: 'fake', blas: 'fake', solver: 'fake', compiler: 'fake' };
  readonly driver: CudaLibraries['driver'];
  readonly blas: CudaLibraries['blas'];
  readonly solver: CudaLibraries['solver'];
  readonly compiler: CudaLibraries['compiler'];
  /** Every call, by name, in order. */
  readonly calls: string[] = [];
  /** Names of launched kernels, in order. */
  readonly launches: string[] = [];
  readonly device = new FakeMemory(0x7f00_0000_0000);
  readonly host = new FakeMemory(0x6000_0000_0000);
  /** Contexts held, streams, events, modules, and handles of libraries that are alive. */
  readonly alive = new Map<string, number>();
  readonly memoryBytes: number;
  readonly #devices: number;
  /** Host memory of cuSOLVER that was gone before its work was done, by function. */
  readonly collectedTooEarly: string[] = [];
  readonly #hasMemoryPools: boolean;
  readonly #hostWorkspaceBytes: number;
  readonly #hostWorkspaces = new Map<string, WeakRef<Uint8Array>>();
  readonly #streams = new Map<number, FakeStream>();
  readonly #events = new Map<number, FakeEvent>();
  readonly #functions = new Map<number, string>();
  readonly #failures = new Map<string, { status: number; times: number; after: number }>();
  #current = 0;
  #nextHandle = 0x1000;

  constructor(options: FakeOptions = {}) {
    this.#devices = options.devices ?? 1;
    this.memoryBytes = options.memoryBytes ?? 2 ** 28;
    this.#hasMemoryPools = options.hasMemoryPools ?? true;
    this.#hostWorkspaceBytes = options.hostWorkspaceBytes ?? 0;
    const own = this.#implementations();
    const table = (signatures: object): unknown =>
      Object.fromEntries(Object.keys(signatures).map((name) => [name, this.#recorded(name, own[name])]));
    this.driver = table(driverSignatures) as CudaLibraries['driver'];
    this.blas = table(blasSignatures) as CudaLibraries['blas'];
    this.solver = table(solverSignatures) as CudaLibraries['solver'];
    this.compiler = table(compilerSignatures) as CudaLibraries['compiler'];
  }

  /** Lets a function fail, from its next call (after some more) on, for some calls. */
  fail(name: string, status: number, { times = Number.POSITIVE_INFINITY, after = 0 } = {}): void {
    this.#failures.set(name, { status, times, after });
  }

  recover(): void {
    this.#failures.clear();
  }

  /** What is still alive; empty when everything has been given back. */
  leaks(): Record<string, number> {
    const counts = {
      ...Object.fromEntries(this.alive),
      device: this.device.blocks.size,
      host: this.host.blocks.size,
    };
    return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
  }

  view(address: number, bytes: number): ArrayBuffer {
    const block = this.host.blocks.get(address);
    if (block?.length !== bytes) throw new Error('No such host memory.');
    return block.buffer;
  }

  #recorded(name: string, run: ((...args: never[]) => number | undefined) | undefined) {
    return (...args: never[]): number => {
      this.calls.push(name);
      const failure = this.#failures.get(name);
      if (failure && failure.after-- <= 0 && failure.times-- > 0) return failure.status;
      return run?.(...args) ?? 0;
    };
  }

  #handle(kind: string): number {
    this.alive.set(kind, (this.alive.get(kind) ?? 0) + 1);
    this.#nextHandle += 16;
    return this.#nextHandle;
  }

  #end(kind: string): void {
    this.alive.set(kind, (this.alive.get(kind) ?? 0) - 1);
  }

  /** Puts work on a stream of the current context. */
  #queue(stream: number, work: () => void): number {
    const found = this.#streams.get(stream);
    if (!found || found.context !== this.#current) return 400;
    found.queue.push(work);
    return 0;
  }

  /** Does the work of a stream, up to a position. */
  #drain(stream: FakeStream, position = stream.done + stream.queue.length): void {
    while (stream.done < position) {
      stream.done += 1;
      stream.queue.shift()?.();
    }
  }

  #finish({ stream, position }: FakeEvent): void {
    if (stream) this.#drain(stream, position);
  }

  /** Remembers host memory of a function whose work is queued. */
  #holdWeakly(name: string, memory: Uint8Array): number {
    if (memory.length > 0) this.#hostWorkspaces.set(name, new WeakRef(memory));
    return 0;
  }

  /** Collects garbage, in a turn of the event loop of its own, and looks what is gone. */
  #checkHostWorkspaces(): void {
    if (this.#hostWorkspaces.size === 0) return;
    collectGarbage();
    for (const [name, memory] of this.#hostWorkspaces) {
      if (memory.deref() === undefined) this.collectedTooEarly.push(name);
    }
  }

  #bytes(where: ArrayBufferView | number | null, count: number): Uint8Array {
    if (typeof where === 'number') {
      const found = this.host.at(where, count);
      if (!found) throw new Error('The host memory is gone.');
      return found;
    }
    if (where === null) throw new Error('null');
    return new Uint8Array(where.buffer, where.byteOffset, count);
  }

  #implementations(): Record<string, (...args: never[]) => number | undefined> {
    const put = (out: BigUint64Array | Int32Array | Float32Array, value: number): void => {
      if (out instanceof BigUint64Array) out[0] = BigInt(value);
      else out[0] = value;
    };
    const create = (kind: string) => (out: BigUint64Array) => put(out, this.#handle(kind)) ?? 0;
    const destroy = (kind: string) => () => this.#end(kind) ?? 0;
    const allocate = (out: BigUint64Array, bytes: number): number => {
      if (this.device.usedBytes + bytes > this.memoryBytes) return 2;
      put(out, this.device.allocate(bytes));
      return 0;
    };
    const attributes: Readonly<Record<number, number>> = {
      16: 2,
      38: 2 ** 20,
      75: 8,
      76: 0,
      87: 2,
      115: this.#hasMemoryPools ? 1 : 0,
    };
    return {
      cuDriverGetVersion: (out: Int32Array) => put(out, 13_000) ?? 0,
      cuDeviceGetCount: (out: Int32Array) => put(out, this.#devices) ?? 0,
      cuDeviceGet: (out: Int32Array, ordinal: number) => put(out, ordinal) ?? 0,
      cuDeviceGetName: (out: Uint8Array) => out.set(new TextEncoder().encode('Fake')) ?? 0,
      cuDeviceTotalMem_v2: (out: BigUint64Array) => put(out, this.memoryBytes) ?? 0,
      cuDeviceGetAttribute: (out: Int32Array, attribute: number) => put(out, attributes[attribute] ?? 0) ?? 0,
      cuDevicePrimaryCtxRetain: (out: BigUint64Array, device: number) => {
        this.#handle('context');
        put(out, 0x100 + device);
        return 0;
      },
      cuDevicePrimaryCtxRelease_v2: destroy('context'),
      cuCtxSetCurrent: (context: number) => {
        this.#current = context;
        return 0;
      },
      cuMemGetInfo_v2: (free: BigUint64Array, total: BigUint64Array) => {
        put(free, this.memoryBytes - this.device.usedBytes);
        put(total, this.memoryBytes);
        return 0;
      },
      cuMemAlloc_v2: allocate,
      cuMemAllocAsync: allocate,
      cuMemFree_v2: (address: number) => (this.device.free(address) ? 0 : 1),
      cuMemFreeAsync: (address: number, stream: number) => {
        // The memory is free for others at once, but what is queued may still use it.
        const block = this.device.blocks.get(address);
        if (!block) return 1;
        this.#drain(this.#streams.get(stream) as FakeStream);
        this.device.free(address);
        return 0;
      },
      cuMemHostAlloc: (out: BigUint64Array, bytes: number) => put(out, this.host.allocate(bytes)) ?? 0,
      cuMemFreeHost: (address: number) => (this.host.free(address) ? 0 : 1),
      cuMemcpyHtoDAsync_v2: (to: number, from: number, bytes: number, stream: number) => {
        if (!this.device.at(to, bytes)) return 1;
        return this.#queue(stream, () => this.device.at(to, bytes)?.set(this.#bytes(from, bytes)));
      },
      cuMemcpyDtoHAsync_v2: (to: number | Uint8Array, from: number, bytes: number, stream: number) => {
        if (!this.device.at(from, bytes)) return 1;
        const copy = (): void => this.#bytes(to, bytes).set(this.device.at(from, bytes) ?? []);
        const status = this.#queue(stream, copy);
        // To memory that is not pinned the driver copies before it returns.
        if (typeof to !== 'number') this.#drain(this.#streams.get(stream) as FakeStream);
        return status;
      },
      cuMemcpyDtoDAsync_v2: (to: number, from: number, bytes: number, stream: number) => {
        if (!this.device.at(from, bytes) || !this.device.at(to, bytes)) return 1;
        return this.#queue(stream, () => this.device.at(to, bytes)?.set(this.device.at(from, bytes) ?? []));
      },
      cuStreamCreate: (out: BigUint64Array) => {
        const handle = this.#handle('stream');
        this.#streams.set(handle, { context: this.#current, queue: [], done: 0 });
        put(out, handle);
        return 0;
      },
      cuStreamSynchronize: (stream: number) => {
        const found = this.#streams.get(stream);
        if (!found) return 400;
        this.#drain(found);
        return 0;
      },
      cuStreamDestroy_v2: (stream: number) => {
        this.#end('stream');
        return this.#streams.delete(stream) ? 0 : 400;
      },
      cuEventCreate: (out: BigUint64Array) => {
        const handle = this.#handle('event');
        this.#events.set(handle, { position: 0, questions: 0 });
        put(out, handle);
        return 0;
      },
      cuEventRecord: (event: number, stream: number) => {
        const [found, on] = [this.#events.get(event), this.#streams.get(stream)];
        if (!found || on?.context !== this.#current) return 400;
        found.stream = on;
        found.position = on.done + on.queue.length;
        found.questions = 4;
        return 0;
      },
      cuEventQuery: (event: number) => {
        this.#checkHostWorkspaces();
        const found = this.#events.get(event);
        if (!found) return 400;
        if (found.questions-- > 0) return 600;
        this.#hostWorkspaces.clear();
        this.#finish(found);
        return 0;
      },
      cuEventSynchronize: (event: number) => {
        const found = this.#events.get(event);
        if (!found) return 400;
        this.#finish(found);
        return 0;
      },
      cuEventElapsedTime: (out: Float32Array) => put(out, 2.5) ?? 0,
      cuEventDestroy_v2: (event: number) => {
        this.#end('event');
        return this.#events.delete(event) ? 0 : 400;
      },
      cuModuleLoadData: create('module'),
      cuModuleUnload: destroy('module'),
      cuModuleGetFunction: (out: BigUint64Array, _module: number, name: string) => {
        this.#nextHandle += 16;
        this.#functions.set(this.#nextHandle, name);
        put(out, this.#nextHandle);
        return 0;
      },
      cuLaunchKernel: (
        kernel: number,
        ...[, , , , , , , stream, addresses]: [...SevenSizes, number, BigUint64Array, null]
      ) => {
        const name = this.#functions.get(kernel);
        if (name === undefined) return 400;
        const slots = this.#bytes(Number(addresses[0]), 8 * 32).slice();
        const launch: FakeLaunch = {
          values: new DataView(slots.buffer),
          doubles: (address, count) => {
            const found = this.device.at(address, count * 8);
            if (!found) throw new Error(`${name} reaches beyond its memory.`);
            return new Float64Array(found.buffer, found.byteOffset, count);
          },
        };
        this.launches.push(name);
        return this.#queue(stream, () => fakeKernels[name]?.(launch));
      },
      cublasCreate_v2: create('blas'),
      cublasDestroy_v2: destroy('blas'),
      cublasGetVersion_v2: (_handle: number, out: Int32Array) => put(out, 130_100) ?? 0,
      cusolverGetVersion: (out: Int32Array) => put(out, 12_004) ?? 0,
      cusolverDnCreate: create('solver'),
      cusolverDnDestroy: destroy('solver'),
      cusolverDnXpotrf_bufferSize: (...args: unknown[]) =>
        put(args[9] as BigUint64Array, this.#hostWorkspaceBytes) ?? 0,
      cusolverDnXpotrf: (...args: unknown[]) => this.#holdWeakly('potrf', args[10] as Uint8Array),
      cusolverDnXsyevd_bufferSize: (...args: unknown[]) =>
        put(args[12] as BigUint64Array, this.#hostWorkspaceBytes) ?? 0,
      cusolverDnXsyevd: (...args: unknown[]) => {
        this.device.at(args[15] as number, 4)?.fill(0);
        return this.#holdWeakly('syevd', args[13] as Uint8Array);
      },
      cusolverDnCreateParams: create('parameters'),
      cusolverDnDestroyParams: destroy('parameters'),
      nvrtcVersion: (major: Int32Array, minor: Int32Array) => {
        put(major, 13);
        put(minor, 0);
        return 0;
      },
      nvrtcGetNumSupportedArchs: (out: Int32Array) => put(out, 2) ?? 0,
      nvrtcGetSupportedArchs: (out: Int32Array) => out.set([75, 80]) ?? 0,
      nvrtcCreateProgram: create('program'),
      nvrtcDestroyProgram: destroy('program'),
      nvrtcGetCUBINSize: (_program: number, out: BigUint64Array) => put(out, 4) ?? 0,
      nvrtcGetCUBIN: (_program: number, out: Uint8Array) => out.set([1, 2, 3, 4]) ?? 0,
      nvrtcGetProgramLogSize: (_program: number, out: BigUint64Array) => put(out, 8) ?? 0,
      nvrtcGetProgramLog: (_program: number, out: Uint8Array) =>
        out.set(new TextEncoder().encode('line 7!')) ?? 0,
    };
  }
}

/** Which library a function belongs to. */
export function libraryOf(name: string): LibraryName {
  if (name.startsWith('cublas')) return 'blas';
  if (name.startsWith('cusolver')) return 'solver';
  return name.startsWith('nvrtc') ? 'compiler' : 'driver';
}
