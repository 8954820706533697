import type { FloatDType } from '@agop/core';
import type { DeviceContext } from '../device/context.ts';
import { received } from '../device/native.ts';
import { allocatePinned, freePinned, type PinnedBlock } from '../device/pinned.ts';
import type { KernelCompiler } from './compiler.ts';

/** A source, and a short name by which it is found again. */
export interface KernelSource {
  readonly key: string;
  readonly source: () => string;
}

/** What a kernel is given: integers and addresses as 64 bits, or a floating-point number. */
export type KernelArgument = number | { readonly value: number; readonly dtype: FloatDType };

/** Blocks, and threads per block. */
export interface LaunchShape {
  readonly grid: readonly [x: number, y?: number];
  readonly block: readonly [x: number, y?: number];
}

/** More arguments than any kernel has: the limit of 4096 bytes. */
export const maximumArguments = 512;

/** Compiles kernels when they are first asked for, and puts them on the stream. */
export class KernelLauncher {
  readonly #context: DeviceContext;
  readonly #compiler: KernelCompiler;
  readonly #modules = new Map<string, number>();
  readonly #functions = new Map<string, number>();
  /**
   * The values of a launch, 8 bytes each, and their addresses. The driver copies them before a launch
   * returns.
   */
  readonly #slots: PinnedBlock;
  readonly #values: DataView;
  readonly #addresses: BigUint64Array;

  constructor(context: DeviceContext, compiler: KernelCompiler) {
    this.#context = context;
    this.#compiler = compiler;
    this.#slots = allocatePinned(context, maximumArguments * 8);
    this.#values = new DataView(this.#slots.memory);
    this.#addresses = BigUint64Array.from({ length: maximumArguments }, (_, i) =>
      BigInt(this.#slots.address + 8 * i),
    );
  }

  launch(source: KernelSource, name: string, shape: LaunchShape, args: readonly KernelArgument[]): void {
    const { native, stream } = this.#context;
    const kernel = this.#function(source, name);
    for (const [i, argument] of args.entries()) {
      if (typeof argument === 'number') this.#values.setBigInt64(8 * i, BigInt(argument), true);
      else if (argument.dtype === 'float64') this.#values.setFloat64(8 * i, argument.value, true);
      else this.#values.setFloat32(8 * i, argument.value, true);
    }
    const [gridX, gridY = 1] = shape.grid;
    const [blockX, blockY = 1] = shape.block;
    native.driver.cuLaunchKernel(
      kernel,
      gridX,
      gridY,
      1,
      blockX,
      blockY,
      1,
      0,
      stream,
      this.#addresses,
      null,
    );
  }

  close(): void {
    const { driver } = this.#context.native.libraries;
    for (const module of this.#modules.values()) driver.cuModuleUnload(module);
    this.#modules.clear();
    this.#functions.clear();
    freePinned(this.#context, this.#slots);
  }

  #function(source: KernelSource, name: string): number {
    const key = `${name} ${source.key}`;
    const known = this.#functions.get(key);
    if (known !== undefined) return known;
    const { driver } = this.#context.native;
    const module = this.#modules.get(source.key) ?? this.#load(source);
    const found = received((out) => driver.cuModuleGetFunction(out, module, name));
    this.#functions.set(key, found);
    return found;
  }

  #load({ key, source }: KernelSource): number {
    const image = this.#compiler.compile(source());
    const module = received((out) => this.#context.native.driver.cuModuleLoadData(out, image));
    this.#modules.set(key, module);
    return module;
  }
}
