import { DeviceError, UnavailableError } from '@agop/core';
import { type Native, received, receivedInt } from '../device/native.ts';
import { statusName } from '../driver/status.ts';
import type { ImageCache } from './image-cache.ts';

/** No contraction: kernels say themselves where a multiply-add is fused, and x * x - x * x is 0. */
const commonOptions = ['--std=c++17', '--fmad=false'];

/**
 * Compiles kernels with NVRTC for one architecture: to machine code, or to PTX where NVRTC does not know the
 * device yet.
 */
export class KernelCompiler {
  readonly #native: Native;
  readonly #cache: ImageCache;
  readonly #options: readonly string[];
  readonly #isMachineCode: boolean;
  readonly #version: string;

  /**
   * @param computeCapability of the device, e.g. `9.0`
   * @throws {UnavailableError} if NVRTC cannot compile for so old a device
   */
  constructor(native: Native, computeCapability: string, cache: ImageCache) {
    this.#native = native;
    this.#cache = cache;
    this.#version = compilerVersion(native);
    const device = Number(computeCapability.replace('.', ''));
    const known = supportedArchitectures(native);
    const target = known.filter((architecture) => architecture <= device).at(-1);
    if (target === undefined) {
      throw new UnavailableError(
        `NVRTC ${this.#version} does not compile for devices of compute capability ${computeCapability}; it starts at ${(known[0] ?? 0) / 10}. Use an older CUDA release.`,
      );
    }
    this.#isMachineCode = target === device;
    this.#options = [
      ...commonOptions,
      `--gpu-architecture=${this.#isMachineCode ? 'sm' : 'compute'}_${target}`,
    ];
  }

  /** An image for `cuModuleLoadData`, from the cache if it is there. */
  compile(source: string): Uint8Array {
    const key = [this.#version, ...this.#options, source].join('\n');
    const known = this.#cache.read(key);
    if (known) return known;
    const image = this.#compileNow(source);
    this.#cache.write(key, image);
    return image;
  }

  #compileNow(source: string): Uint8Array {
    const { compiler, libraries } = this.#native;
    const program = received((out) => compiler.nvrtcCreateProgram(out, source, 'agop.cu', 0, null, null));
    try {
      const status = libraries.compiler.nvrtcCompileProgram(program, this.#options.length, this.#options);
      if (status !== 0) {
        throw new DeviceError(
          'cuda',
          'nvrtcCompileProgram',
          statusName('compiler', status),
          this.#log(program),
        );
      }
      return this.#isMachineCode
        ? bytes(
            (size) => compiler.nvrtcGetCUBINSize(program, size),
            (image) => compiler.nvrtcGetCUBIN(program, image),
          )
        : bytes(
            (size) => compiler.nvrtcGetPTXSize(program, size),
            (image) => compiler.nvrtcGetPTX(program, image),
          );
    } finally {
      libraries.compiler.nvrtcDestroyProgram(BigUint64Array.of(BigInt(program)));
    }
  }

  #log(program: number): string {
    const { compiler } = this.#native;
    const log = bytes(
      (size) => compiler.nvrtcGetProgramLogSize(program, size),
      (text) => compiler.nvrtcGetProgramLog(program, text),
    );
    return new TextDecoder().decode(log).replace(/\0+$/, '').trim();
  }
}

/** e.g. `13.0` */
export function compilerVersion({ compiler }: Native): string {
  const [major, minor] = [new Int32Array(1), new Int32Array(1)];
  compiler.nvrtcVersion(major, minor);
  return `${major[0]}.${minor[0]}`;
}

/** e.g. [75, 80, 90], ascending */
function supportedArchitectures({ compiler }: Native): number[] {
  const count = receivedInt((out) => compiler.nvrtcGetNumSupportedArchs(out));
  const architectures = new Int32Array(count);
  compiler.nvrtcGetSupportedArchs(architectures);
  return [...architectures].sort((a, b) => a - b);
}

function bytes(measure: (size: BigUint64Array) => void, read: (content: Uint8Array) => void): Uint8Array {
  const content = new Uint8Array(received(measure));
  read(content);
  return content;
}
