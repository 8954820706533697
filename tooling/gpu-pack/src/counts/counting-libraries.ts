import type { GpuBackendOptions } from '@agop/backend-gpu';
import {
  blasSignatures,
  compilerSignatures,
  driverSignatures,
  type Functions,
  type Signature,
  solverSignatures,
} from '../../../../packages/backend-gpu/src/driver/signatures.ts';
import { type Launch, parametersOf, Traffic } from './traffic.ts';

type Libraries = NonNullable<GpuBackendOptions['libraries']>;
type Call = (...args: never[]) => unknown;

/** What is known of the device that is stood in for. */
export interface CountedDevice {
  readonly name: string;
  readonly computeCapability: readonly [major: number, minor: number];
  readonly multiprocessors: number;
  readonly memoryBytes: number;
  readonly cacheBytes: number;
  readonly singleToDoubleRatio: number;
}

/**
 * NVIDIA H100 SXM: 132 multiprocessors, 80 GB, 50 MB of second-level cache. Source: NVIDIA, H100 data sheet.
 */
export const h100: CountedDevice = {
  name: 'H100 SXM',
  computeCapability: [9, 0],
  multiprocessors: 132,
  memoryBytes: 80e9,
  cacheBytes: 50e6,
  singleToDoubleRatio: 2,
};

/**
 * CUDA's libraries that count and compute nothing: every call succeeds, device memory is addresses alone, and
 * what is read from the device says that all went well. So fits of any size can be counted on any machine.
 */
export class CountingLibraries implements Libraries {
  readonly files = { driver: 'counted', blas: 'counted', solver: 'counted', compiler: 'counted' };
  readonly driver: Libraries['driver'];
  readonly blas: Libraries['blas'];
  readonly solver: Libraries['solver'];
  readonly compiler: Libraries['compiler'];
  readonly traffic: Traffic;
  /** Calls by name. */
  readonly calls = new Map<string, number>();
  /** Bytes of device memory that were asked for at once, since this was last set to 0. */
  largestAllocation = 0;
  readonly #device: CountedDevice;
  readonly #host = new Map<number, ArrayBuffer>();
  readonly #functions = new Map<number, Pick<Launch, 'name' | 'parameters'>>();
  readonly #sources: string[] = [];
  #next = 2 ** 20;

  constructor(device: CountedDevice) {
    this.#device = device;
    this.traffic = new Traffic(device.cacheBytes);
    this.driver = this.#all(driverSignatures, this.#ofDriver());
    this.blas = this.#all(blasSignatures, this.#ofBlas());
    this.solver = this.#all(solverSignatures, this.#ofSolver());
    this.compiler = this.#all(compilerSignatures, this.#ofCompiler());
  }

  view(address: number): ArrayBuffer {
    const memory = this.#host.get(address);
    if (!memory) throw new Error('No such host memory.');
    return memory;
  }

  /**
   * All functions of a table, counted. Those without an own form succeed and give a new address or handle.
   */
  #all<S extends Readonly<Record<string, Signature>>>(
    signatures: S,
    own: Readonly<Record<string, Call>>,
  ): Functions<S> {
    const entries = Object.keys(signatures).map((name) => {
      const run: Call = own[name] ?? ((...args: unknown[]) => this.#give(args[0]));
      const counted = (...args: never[]): number => {
        this.calls.set(name, (this.calls.get(name) ?? 0) + 1);
        const status = run(...args);
        return typeof status === 'number' ? status : 0;
      };
      return [name, counted];
    });
    return Object.fromEntries(entries);
  }

  #give(out: unknown, value = this.#address(64)): undefined {
    if (out instanceof BigUint64Array) out[0] = BigInt(value);
    else if (out instanceof Int32Array) out[0] = value;
  }

  #address(bytes: number): number {
    const address = this.#next;
    this.#next += Math.ceil(bytes / 512) * 512 + 512;
    return address;
  }

  #ofDriver(): Readonly<Record<string, Call>> {
    const device = this.#device;
    const attributes: Readonly<Record<number, number>> = {
      16: device.multiprocessors,
      38: device.cacheBytes,
      75: device.computeCapability[0],
      76: device.computeCapability[1],
      87: device.singleToDoubleRatio,
      115: 1,
    };
    const allocate = (out: unknown, bytes: number) => {
      this.largestAllocation = Math.max(this.largestAllocation, bytes);
      this.#give(out, this.#address(bytes));
    };
    return {
      cuDriverGetVersion: (out: unknown) => this.#give(out, 13_000),
      cuDeviceGetCount: (out: unknown) => this.#give(out, 1),
      cuDeviceGet: (out: unknown) => this.#give(out, 0),
      cuDeviceGetName: (out: Uint8Array) => new TextEncoder().encodeInto(device.name, out) && 0,
      cuDeviceTotalMem_v2: (out: unknown) => this.#give(out, device.memoryBytes),
      cuDeviceGetAttribute: (out: unknown, attribute: number) => this.#give(out, attributes[attribute] ?? 0),
      cuMemGetInfo_v2: (free: unknown, total: unknown) => {
        this.#give(free, device.memoryBytes);
        this.#give(total, device.memoryBytes);
      },
      cuMemAlloc_v2: allocate,
      cuMemAllocAsync: allocate,
      cuMemHostAlloc: (out: unknown, bytes: number) => {
        const address = this.#address(bytes);
        this.#host.set(address, new ArrayBuffer(bytes));
        this.#give(out, address);
      },
      cuMemcpyHtoDAsync_v2: (_to: number, _from: number, bytes: number) => this.traffic.upload(bytes),
      cuMemcpyDtoDAsync_v2: (to: number, from: number, bytes: number) => this.traffic.copy(from, to, bytes),
      cuMemcpyDtoHAsync_v2: (to: number, _from: number, bytes: number) => {
        this.traffic.download(bytes);
        // No pivot has failed; other numbers are 1.
        const memory = this.#host.get(to);
        if (bytes === 16 && memory) new Float64Array(memory, 0, 2).set([-1, 0]);
        else if (memory) (bytes % 8 === 0 ? new Float64Array(memory) : new Float32Array(memory)).fill(1);
      },
      cuModuleLoadData: (out: unknown, image: Uint8Array) =>
        this.#give(out, 1 + (image[0] ?? 0) + 256 * (image[1] ?? 0)),
      cuModuleGetFunction: (out: unknown, module: number, name: string) => {
        const address = this.#address(64);
        this.#functions.set(address, {
          name,
          parameters: parametersOf(this.#sources[module - 1] ?? '', name),
        });
        this.#give(out, address);
      },
      cuLaunchKernel: (...args: unknown[]) => {
        const [kernel, gridX, gridY] = args as [number, number, number];
        const known = this.#functions.get(kernel);
        if (!known) return 400;
        const slots = this.#host.get(Number((args[9] as BigUint64Array)[0]));
        if (slots) this.traffic.launch({ ...known, values: new DataView(slots), grid: [gridX, gridY] });
        return 0;
      },
    };
  }

  #ofBlas(): Readonly<Record<string, Call>> {
    const own: Record<string, Call> = {};
    for (const [letter, width] of [
      ['S', 4],
      ['D', 8],
    ] as const) {
      own[`cublas${letter}gemm_v2`] = (...args: unknown[]) => {
        const [, , , m, n, k, , a, , b, , beta, c] = args as number[];
        this.traffic.product({ m: m ?? 0, n: n ?? 0, k: k ?? 0, a, b, c, width, isAdded: isNotZero(beta) });
      };
      own[`cublas${letter}syrk_v2`] = (...args: unknown[]) => {
        const [, , , n, k, , a, , beta, c] = args as number[];
        this.traffic.symmetric({ n: n ?? 0, k: k ?? 0, a, c, width, isAdded: isNotZero(beta) });
      };
      own[`cublas${letter}trsm_v2`] = (...args: unknown[]) => {
        const [, side, , , , m, n, , a, , b] = args as number[];
        this.traffic.substitution({ isLeft: side === 0, m: m ?? 0, n: n ?? 0, a, b, width });
      };
    }
    return own;
  }

  #ofSolver(): Readonly<Record<string, Call>> {
    const nothing = (): undefined => undefined;
    return {
      cusolverDnXpotrf_bufferSize: nothing,
      cusolverDnXpotrf: (...args: unknown[]) => {
        const [, , , n, type, a] = args as number[];
        this.traffic.factor({ n: n ?? 0, a, width: type === 0 ? 4 : 8 });
      },
    };
  }

  #ofCompiler(): Readonly<Record<string, Call>> {
    return {
      nvrtcVersion: (major: Int32Array, minor: Int32Array) => {
        this.#give(major, 13);
        this.#give(minor, 0);
      },
      nvrtcGetNumSupportedArchs: (out: unknown) => this.#give(out, 1),
      nvrtcGetSupportedArchs: (out: Int32Array) => {
        const [major, minor] = this.#device.computeCapability;
        out[0] = 10 * major + minor;
      },
      // Programs are numbered, and their images hold the number.
      nvrtcCreateProgram: (out: unknown, source: string) => this.#give(out, this.#sources.push(source)),
      nvrtcGetCUBINSize: (_: number, out: unknown) => this.#give(out, 2),
      nvrtcGetCUBIN: (program: number, out: Uint8Array) => {
        out.set([(program - 1) % 256, Math.floor((program - 1) / 256)]);
      },
    };
  }
}

function isNotZero(factor: unknown): boolean {
  return (factor instanceof Float32Array || factor instanceof Float64Array) && factor[0] !== 0;
}
