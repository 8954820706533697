/** Where things lie at the bottom of the WebAssembly memory: the same numbers as in assembly/layout.ts. */

/** i32: helpers, quit flag, wide tiles; then addresses of scratch and workspace. */
export const CONFIG = 1408;
export const HELPERS = CONFIG;
export const WIDE_TILES = CONFIG + 8;
export const SCRATCH = CONFIG + 12;
export const WORKSPACE = CONFIG + 16;
/** i32 status, i32 pivot, f64 value of the last decomposition. */
export const OUTCOME = 1472;

/** First byte after the control words and the module's static data. */
export const SCRATCH_BASE = 65536;
export const SCRATCH_BYTES = 128 * 1024;
export const WORKSPACE_BYTES = 28 * 1024 * 1024;

/** Places within a thread's scratch that an expression program may use. */
export const SCALAR_PLACES = { begin: 8192, end: 16384, size: 32 };
export const STRIP_PLACES = { begin: 16384, end: SCRATCH_BYTES };

/** Which part of a product is computed: all, the lower triangle, or the lower triangle mirrored. */
export const Part = { full: 0, lower: 1, mirror: 2 } as const;
