import { createCpuBackend } from '@agop/backend-cpu';
import type { Backend } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';

/** What targets work with; lives as long as the process that tries inputs. */
export class Bench {
  readonly naive: Backend = createNaiveBackend();
  readonly wasm: Backend;

  private constructor(wasm: Backend) {
    this.wasm = wasm;
  }

  static async open(): Promise<Bench> {
    return new Bench(await createCpuBackend({ threads: 1, simd: 'relaxed' }));
  }

  /** Tensors that are alive on all backends. */
  get tensors(): number {
    return this.naive.memory().tensors + this.wasm.memory().tensors;
  }
}
