/** How an engine is to run. Plain data: it goes to the worker, and is kept between visits. */
export interface EngineSettings {
  readonly engine: EngineId;
  /** Threads that compute. */
  readonly threads: number;
  /** The best instruction set to use. */
  readonly simd: 'relaxed' | 'baseline';
  /** Bytes that its memory may grow to; where it has no such limit, what a fit may plan with. */
  readonly maximumBytes: number;
}

/** What a running engine says of itself. */
export interface EngineFacts {
  /** In words. */
  readonly description: string;
  readonly threads: number;
  /** Why there are fewer threads than were wanted; undefined where all are there. */
  readonly noMoreThreads: string | undefined;
  readonly simd: string;
  readonly maximumBytes: number;
  /** Billions of operations a second in a product of float32 matrices of order 384. */
  readonly gigaflops: number;
}

/** An engine as the menu knows it. */
interface EngineOffer {
  readonly label: string;
  /** Whether threads, SIMD and a limit of memory are its own to choose. */
  readonly hasSettings: boolean;
  /** Why it is not here; undefined where it is. */
  missing(): Promise<string | undefined>;
}

/**
 * The engines that a page can run on. Another one is an entry here and a line in `worker/open-backend.ts`; it
 * says itself whether it is there.
 */
export const engines = {
  wasm: {
    label: 'WebAssembly',
    hasSettings: true,
    missing: async () => (typeof WebAssembly === 'undefined' ? 'this browser has no WebAssembly' : undefined),
  },
  webgpu: {
    label: 'WebGPU',
    hasSettings: false,
    async missing() {
      if (!('gpu' in navigator)) return 'this browser has no WebGPU';
      const adapter = await navigator.gpu.requestAdapter().catch(() => null);
      return adapter === null ? 'there is no adapter for WebGPU' : undefined;
    },
  },
} as const satisfies Record<string, EngineOffer>;

/** Names of the engines. */
export type EngineId = keyof typeof engines;

const mib = 2 ** 20;
/** Most bytes that are taken of a device that does not say what it has, or has plenty. */
const mostBytes = { desk: 2048 * mib, phone: 384 * mib };
/** Threads beyond these help little and take memory each. */
const mostThreads = { desk: 16, phone: 4 };

/** Whether the page is on a phone, or on something as small: it gets small defaults. */
export function isSmallDevice(): boolean {
  const { deviceMemory = 8 } = navigator as Navigator & { readonly deviceMemory?: number };
  return (
    deviceMemory <= 2 ||
    (matchMedia('(pointer: coarse)').matches && Math.min(screen.width, screen.height) < 600)
  );
}

/** Threads that the device has room for. */
export function availableThreads(): number {
  const most = isSmallDevice() ? mostThreads.phone : mostThreads.desk;
  return Math.max(1, Math.min(most, navigator.hardwareConcurrency || 1));
}

/** What suits the device: all of its cores where the page is isolated, at most a quarter of its memory. */
export function defaultSettings(): EngineSettings {
  const { deviceMemory = 8 } = navigator as Navigator & { readonly deviceMemory?: number };
  const most = isSmallDevice() ? mostBytes.phone : mostBytes.desk;
  return {
    engine: 'wasm',
    threads: globalThis.crossOriginIsolated ? availableThreads() : 1,
    simd: 'relaxed',
    maximumBytes: Math.min(most, Math.max(256 * mib, (deviceMemory * 1024 * mib) / 4)),
  };
}
