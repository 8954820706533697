import { UnavailableError } from '@agop/core';

/** Instruction set that a module was compiled for. */
export type SimdLevel = 'relaxed' | 'baseline';

interface Embedded {
  readonly binary: string;
  readonly memoryFlagsOffset: number;
}

const SHARED_FLAGS = 3;
const UNSHARED_FLAGS = 1;

/**
 * The best module that this engine of JavaScript accepts: with relaxed SIMD (fused multiply-add), else with
 * baseline SIMD.
 *
 * @param shared whether the module will be given shared memory
 * @throws {UnavailableError} without WebAssembly SIMD
 */
export async function loadModule(
  shared: boolean,
  allowed: readonly SimdLevel[] = ['relaxed', 'baseline'],
): Promise<{ readonly module: WebAssembly.Module; readonly level: SimdLevel }> {
  for (const level of allowed) {
    const bytes = await unpack(await embedded(level));
    const flags = shared ? SHARED_FLAGS : UNSHARED_FLAGS;
    bytes.code[bytes.memoryFlagsOffset] = flags;
    if (WebAssembly.validate(bytes.code)) return { module: await compile(bytes.code), level };
  }
  throw new UnavailableError(
    'The wasm engine needs WebAssembly with SIMD (Node 20, or a browser since 2023).',
  );
}

/** @throws {UnavailableError} where a page or a program may not compile WebAssembly */
async function compile(code: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(code);
  } catch (cause) {
    // The module is valid: what is left is that compiling is forbidden.
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UnavailableError(
      "The wasm engine may not compile its module. A page with a Content-Security-Policy needs 'wasm-unsafe-eval' in its script-src (or in default-src, where it has no script-src).",
      [{ what: 'WebAssembly.compile', reason }],
      { cause },
    );
  }
}

/** Imported on demand, so that a bundler can leave out of the first load what is not used. */
function embedded(level: SimdLevel): Promise<Embedded> {
  return level === 'relaxed' ? import('../generated/relaxed.ts') : import('../generated/baseline.ts');
}

async function unpack({ binary, memoryFlagsOffset }: Embedded) {
  const packed = Uint8Array.from(atob(binary), (character) => character.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return { code: new Uint8Array(await new Response(stream).arrayBuffer()), memoryFlagsOffset };
}
