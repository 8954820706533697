import { type FloatDType, OptionError, UnavailableError } from '@agop/core';
import { type FloatKernels, type Kernels, kernelsOf } from '../generated/kernels.ts';
import { Heap } from './heap.ts';
import { type Helpers, startHelpers } from './helpers.ts';
import * as layout from './layout.ts';
import { loadModule, type SimdLevel } from './modules.ts';
import { askForFusion } from './revectorization.ts';
import { TileChoice } from './tiles.ts';

export interface RuntimeOptions {
  /** Threads that compute, the calling one included. Default: the available cores. */
  readonly threads?: number;
  /**
   * Bytes that the WebAssembly memory may grow to, at most 4 GiB. Default 4 GiB, or what the platform grants.
   */
  readonly maximumBytes?: number;
  /** The best instruction set to use. Default 'relaxed'. */
  readonly simd?: SimdLevel;
  /** See {@link import('../index.ts').CpuBackendOptions.widenSimd}. */
  readonly widenSimd?: boolean;
}

const PAGE = 65536;
const MAXIMUM_PAGES = 65536;
const MAXIMUM_THREADS = 64;

/** An instance of the module with its memory and threads. */
export interface Runtime {
  readonly kernels: Kernels;
  readonly heap: Heap;
  readonly threads: number;
  /** Why there are fewer threads than were wanted, for people; undefined where all are there. */
  readonly fewer: string | undefined;
  readonly shared: boolean;
  /** The instruction set of the module. */
  readonly level: SimdLevel;
  readonly tiles: TileChoice;
  /** Table index of an instruction of the expression interpreter. */
  readonly instructions: Readonly<Record<FloatDType, (number: number) => number>>;
  close(): void;
}

/**
 * Compiles the module, reserves memory, starts the helper threads, and finds out which tiles are faster.
 *
 * @throws {UnavailableError} without WebAssembly SIMD
 */
export async function startRuntime(options: RuntimeOptions = {}): Promise<Runtime> {
  const wanted = wantedThreads(options.threads);
  if (options.widenSimd) askForFusion();
  const maximumPages = Math.min(MAXIMUM_PAGES, Math.floor((options.maximumBytes ?? 2 ** 32) / PAGE));
  const reserved = layout.SCRATCH_BASE + wanted * layout.SCRATCH_BYTES;
  const base = reserved + layout.WORKSPACE_BYTES;
  const { memory, shared, pages } = createMemory(base, maximumPages, wanted > 1);
  const allowed: SimdLevel[] = options.simd === 'baseline' ? ['baseline'] : ['relaxed', 'baseline'];
  const { module, level, kernels } = await startModule(memory, shared, allowed);

  const words = (): Int32Array => new Int32Array(memory.buffer);
  words()[layout.SCRATCH / 4] = layout.SCRATCH_BASE;
  words()[layout.WORKSPACE / 4] = reserved;
  const heap = new Heap(memory, base, pages);
  const tiles = new TileChoice(kernels, heap);
  // The timing runs on this thread alone, while the helpers start.
  const alone: Helpers = { running: [], refused: wanted > 1 ? whyNotShared() : undefined };
  const [{ running: helpers, refused }] = await Promise.all([
    shared ? startHelpers(module, memory, wanted - 1) : alone,
    tiles.settle(),
  ]);
  words()[layout.HELPERS / 4] = helpers.length;
  return {
    kernels,
    heap,
    threads: helpers.length + 1,
    fewer: refused,
    shared,
    level,
    tiles,
    instructions: { float32: indices(kernels.float32), float64: indices(kernels.float64) },
    close: () => {
      kernels.quit();
      for (const helper of helpers) helper.terminate();
    },
  };
}

/** The best module whose multiply-add, if it is relaxed, rounds once: pow relies on that. */
async function startModule(memory: WebAssembly.Memory, shared: boolean, allowed: readonly SimdLevel[]) {
  const { module, level } = await loadModule(shared, allowed);
  const kernels = kernelsOf(await WebAssembly.instantiate(module, { env: { memory, abort } }));
  if (level === 'baseline' || kernels.isFused()) return { module, level, kernels };
  return startModule(memory, shared, ['baseline']);
}

function wantedThreads(option: number | undefined): number {
  if (option === undefined) return Math.min(availableCores(), MAXIMUM_THREADS);
  if (!Number.isInteger(option) || option < 1 || option > MAXIMUM_THREADS) {
    throw new OptionError('threads', {
      requirement: `be a whole number from 1 to ${MAXIMUM_THREADS}`,
      received: option,
    });
  }
  return option;
}

function availableCores(): number {
  const os = globalThis.process?.getBuiltinModule?.('node:os');
  return os?.availableParallelism() ?? globalThis.navigator?.hardwareConcurrency ?? 1;
}

/** Memory with the highest maximum that the platform grants: some reserve all of it at once. */
function createMemory(
  base: number,
  maximumPages: number,
  threaded: boolean,
): { memory: WebAssembly.Memory; shared: boolean; pages: number } {
  const initial = Math.ceil(base / PAGE) + 16;
  if (initial > maximumPages) {
    throw new OptionError(
      'maximumBytes',
      `maximumBytes must be at least ${initial * PAGE} for this many threads.`,
    );
  }
  const canShare =
    threaded && typeof SharedArrayBuffer !== 'undefined' && globalThis.crossOriginIsolated !== false;
  let failure: unknown;
  for (const shared of canShare ? [true, false] : [false]) {
    for (let maximum = maximumPages; maximum >= initial; maximum = Math.floor(maximum / 2)) {
      try {
        return { memory: new WebAssembly.Memory({ initial, maximum, shared }), shared, pages: maximum };
      } catch (error) {
        failure = error;
      }
    }
  }
  throw new UnavailableError('The wasm engine cannot reserve memory.', [], { cause: failure });
}

function whyNotShared(): string {
  return globalThis.crossOriginIsolated === false
    ? 'the page is not cross-origin isolated (COOP and COEP headers)'
    : 'there is no shared memory';
}

/** The indices of instructions; each is asked for once. */
function indices({ instruction }: FloatKernels): (number: number) => number {
  const known = new Map<number, number>();
  return (number) => {
    const index = known.get(number) ?? instruction(number);
    known.set(number, index);
    return index;
  };
}

function abort(): never {
  throw new Error('The WebAssembly module aborted.');
}
