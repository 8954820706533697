// Where things lie at the bottom of the memory. The TypeScript side (src/wasm/layout.ts) knows the same
// numbers.

// One cache line each, so that threads that spin on one word do not slow down writers of another.
/** i32: number of the job that helpers may join, 0 when none. */
export const OPEN: usize = 1024;
/** i32: number of the latest job; helpers wait on it. */
export const SEQUENCE: usize = 1088;
/** i32: helpers that have joined the open job. */
export const ACTIVE: usize = 1152;
/** i32: next task of the open job. */
export const NEXT: usize = 1216;
/** i32: helpers that sleep on SEQUENCE. */
export const SLEEPERS: usize = 1280;
/** i32 function index and i32 number of tasks of the open job. */
export const JOB: usize = 1344;
/**
 * i32 helpers, i32 quit flag, i32 wide tiles, usize scratch base, usize shared workspace base, per precision.
 */
export const CONFIG: usize = 1408;
/** i32 status, i32 pivot, f64 value: the outcome of a decomposition. */
export const OUTCOME: usize = 1472;

/** Parameter blocks of the kernel families, 256 bytes each. */
export const GEMM_JOB: usize = 1536;
export const GEMV_JOB: usize = 1792;
export const TRSM_JOB: usize = 2048;
export const SIMPLE_JOB: usize = 2304;
export const EIGH_JOB: usize = 2560;
export const LP_JOB: usize = 2816;
export const PROGRAM_JOB: usize = 3072;
export const REDUCE_JOB: usize = 3328;
export const FACTOR_JOB: usize = 3584;
/** 64, 64 and 128 bytes. */
export const BATCH_JOB: usize = 3840;
export const WINDOW_JOB: usize = 3904;
export const RECURSION_JOB: usize = 3968;
/** In place of a product that is packed as a whole. */
export const NARROW_JOB: usize = GEMM_JOB;
export const LONG_ROWS_JOB: usize = GEMM_JOB;

/** Scratch of one thread. */
export const SCRATCH_BYTES: usize = 128 * 1024;
/** Shared workspace: packed A, then packed B. */
export const PACKED_A_BYTES: usize = 10 * 1024 * 1024;
export const PACKED_B_BYTES: usize = 18 * 1024 * 1024;
