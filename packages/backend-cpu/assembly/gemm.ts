// Packed, blocked matrix products: C = alpha A B + beta C, optionally followed by an expression program on
// each tile while it is in the cache, optionally restricted to the lower triangle and mirrored.
//
// The loops are those of Goto and van de Geijn (2008): packed panels of A and B, blocks of k so that a panel
// of B fits the L1 cache, a 6-row micro-kernel. Different from theirs, several blocks of k are packed at a
// time and a tile goes through all of them while its part of C stays in the L2 cache: WebAssembly has no
// prefetch, and waiting for C once per block costs up to a fifth. Each element is summed over k in the same
// order and in the same blocks whatever the tile shape and whoever computes the tile, so the result has the
// same bits for any number of threads.

import { GEMM_JOB, PACKED_A_BYTES, PACKED_B_BYTES } from './layout';
import { MR, microColumns, microKernel } from './micro-kernel';
import { gramOfLongRows, hasLongRows } from './long-rows';
import { mirrorBlock } from './mirror';
import { isNarrow, narrow } from './narrow';
import { isNarrowTransposed, narrowTransposed } from './narrow-transposed';
import { packPanels } from './pack';
import { runProgram } from './program';
import { isThin, thin } from './thin';
import { parallel, scratch, threadCount, workspace } from './threads';

/** Depth of a block of k: a panel of B takes half of a 32 KiB L1 cache. */
const DEPTH: i32 = 256;
/** Bytes of k that are packed at a time, per row of A or column of B. */
const DEEPEST: i32 = 12288;
/** Largest task: its parts of A, B and C for one block of k stay in a 1 MiB L2 cache. */
const TILE_ROWS: i32 = 48;
const TILE_BYTES: i32 = 1024;

/** Which part of C is computed. */
export const FULL: i32 = 0;
/** On and below the diagonal only; what is above is left alone. */
export const LOWER: i32 = 1;
/** The lower triangle, copied to the upper one. */
export const MIRROR: i32 = 2;

@unmanaged
class GemmJob {
  a: usize;
  rowA: i32;
  columnA: i32;
  b: usize;
  rowB: i32;
  columnB: i32;
  c: usize;
  strideC: i32;
  part: i32;
  program: usize;
  alpha: f64;
  beta: f64;
  // What is packed: its origin and size, the depth of its blocks of k (the last may be less deep), how it is
  // cut into tasks.
  i0: i32;
  j0: i32;
  p0: i32;
  rows: i32;
  columns: i32;
  k: i32;
  depth: i32;
  blocks: i32;
  first: bool;
  last: bool;
  packB: bool;
  /**
   * Tiles are as wide as what is packed of B: each packs the rows of A that it alone needs, into its own
   * core's cache.
   */
  packInTiles: bool;
  tileRows: i32;
  tileColumns: i32;
  tilesDown: i32;
}

/**
 * C [m, n] = program(alpha A B + beta C), A [m, k] and B [k, n] with any strides (in elements), C with rows
 * of stride `strideC`. `part` is FULL, LOWER or MIRROR; the latter two mean m == n. `program` is 0 for none.
 */
export function gemm<T>(
  m: i32,
  n: i32,
  k: i32,
  alpha: f64,
  a: usize,
  rowA: i32,
  columnA: i32,
  b: usize,
  rowB: i32,
  columnB: i32,
  beta: f64,
  c: usize,
  strideC: i32,
  part: i32,
  program: usize,
): void {
  if (m == 0 || n == 0) return;
  // Blocks of equal depth: 260 is 2 x 130, not 256 + 4. No depth at all is one block of zeros.
  const blocks = max(1, (k + DEPTH - 1) / DEPTH);
  const depth = (k + blocks - 1) / blocks;
  if (part == FULL && program == 0) {
    if (isNarrow<T>(m, n, k, alpha, columnA)) {
      narrow<T>(m, n, k, depth, alpha, a, rowA, b, rowB, columnB, beta, c, strideC);
      return;
    }
    if (isNarrowTransposed<T>(m, n, k, alpha, rowA)) {
      narrowTransposed<T>(m, n, k, depth, alpha, a, columnA, b, rowB, columnB, beta, c, strideC);
      return;
    }
    if (n <= m && isThin<T>(m, n, k, rowA, columnA)) {
      thin<T>(m, n, k, alpha, a, rowA, columnA, b, rowB, columnB, beta, c, strideC, 1);
      return;
    }
    // Cᵀ = Bᵀ Aᵀ
    if (m < n && isThin<T>(n, m, k, columnB, rowB)) {
      thin<T>(n, m, k, alpha, b, columnB, rowB, a, columnA, rowA, beta, c, 1, strideC);
      return;
    }
  }
  const isGram = part != FULL && a == b && rowA == columnB && columnA == rowB;
  if (isGram && program == 0 && hasLongRows<T>(n, k, depth)) {
    gramOfLongRows<T>(n, k, depth, alpha, a, rowA, columnA, beta, c, strideC, part == MIRROR);
    return;
  }
  const job = changetype<GemmJob>(GEMM_JOB);
  job.a = a;
  job.rowA = rowA;
  job.columnA = columnA;
  job.b = b;
  job.rowB = rowB;
  job.columnB = columnB;
  job.c = c;
  job.strideC = strideC;
  job.part = part;
  job.program = program;
  job.alpha = alpha;
  job.beta = beta;
  if (beta != 0 && beta != 1) scale<T>(m, n);
  const size = <i32>sizeof<T>();
  job.depth = depth;
  const atOnce = max(1, min(blocks, DEEPEST / size / max(1, job.depth)));
  const line = max(1, atOnce * job.depth * size);
  const mostRows = max(1, (<i32>PACKED_A_BYTES / line - CHUNK) / CHUNK) * CHUNK;
  const mostColumns = max(1, (<i32>PACKED_B_BYTES / line - CHUNK) / CHUNK) * CHUNK;
  for (let j0 = 0; j0 < n; j0 += mostColumns) {
    job.j0 = j0;
    job.columns = min(mostColumns, n - j0);
    for (let block = 0; block < blocks; block += atOnce) {
      job.p0 = block * job.depth;
      job.blocks = min(atOnce, blocks - block);
      job.k = min(k - job.p0, job.blocks * job.depth);
      job.first = block == 0 && beta == 0;
      job.last = block + job.blocks == blocks;
      job.packB = true;
      for (let i0 = 0; i0 < m; i0 += mostRows) {
        const rows = min(mostRows, m - i0);
        if (part != FULL && i0 + rows <= j0) continue;
        job.i0 = i0;
        job.rows = rows;
        multiplyBlock<T>(job);
        job.packB = false;
      }
    }
  }
}

/** Packs what is needed of A and B, then computes the tiles. */
function multiplyBlock<T>(job: GemmJob): void {
  const pack = (task: i32): void => packChunk<T>(task);
  const tile = (task: i32): void => multiplyTile<T>(task);
  const work = <f64>job.rows * job.columns * max(1, job.k);
  chooseTiles<T>(job);
  job.packInTiles = job.tileColumns >= job.columns;
  const chunks = (job.packInTiles ? 0 : chunksOf(job.rows)) + (job.packB ? chunksOf(job.columns) : 0);
  if (job.k > 0) parallel(pack.index, chunks * job.blocks, work);
  parallel(tile.index, job.tilesDown * ((job.columns + job.tileColumns - 1) / job.tileColumns), work);
}

/** Small products are cut finer, so that all threads get work. Tile shapes do not change the result. */
function chooseTiles<T>(job: GemmJob): void {
  let height = TILE_ROWS;
  let width = TILE_BYTES / <i32>sizeof<T>();
  const wanted = 4 * threadCount();
  if (threadCount() > 1) {
    while (
      ((job.rows + height - 1) / height) * ((job.columns + width - 1) / width) < wanted &&
      (height > 24 || width > 64)
    ) {
      if (width > 2 * height || height == 24) width /= 2;
      else height /= 2;
    }
  }
  job.tileRows = height;
  job.tileColumns = width;
  job.tilesDown = (job.rows + height - 1) / height;
}

/** Rows of A or columns of B that one packing task takes: a multiple of every panel width. */
const CHUNK: i32 = 96;

@inline
function chunksOf(length: i32): i32 {
  return (length + CHUNK - 1) / CHUNK;
}

/** Bytes from one packed block of k to the next, for `length` rows or columns. */
@inline
function blockPitch<T>(job: GemmJob, length: i32): usize {
  return <usize>(chunksOf(length) * CHUNK * job.depth) * sizeof<T>();
}

@inline
function depthOf(job: GemmJob, block: i32): i32 {
  return min(job.depth, job.k - block * job.depth);
}

function packChunk<T>(task: i32): void {
  const job = changetype<GemmJob>(GEMM_JOB);
  const block = task % job.blocks;
  const depth = depthOf(job, block);
  const p = job.p0 + block * job.depth;
  const chunk = task / job.blocks;
  const chunksA = job.packInTiles ? 0 : chunksOf(job.rows);
  const size = <i32>sizeof<T>();
  if (chunk < chunksA) {
    packRowsOfA<T>(job, block, chunk * CHUNK, min(job.rows, chunk * CHUNK + CHUNK));
    return;
  }
  const begin = (chunk - chunksA) * CHUNK;
  packPanels<T>(
    job.b + <usize>(((job.j0 + begin) * job.columnB + p * job.rowB) * size),
    job.columnB,
    job.rowB,
    microColumns<T>(),
    min(CHUNK, job.columns - begin),
    depth,
    <T>1,
    workspace() + PACKED_A_BYTES + <usize>block * blockPitch<T>(job, job.columns) + <usize>(begin * depth * size),
  );
}

/** Rows `begin` (a multiple of MR) to `end` of one block of A. */
function packRowsOfA<T>(job: GemmJob, block: i32, begin: i32, end: i32): void {
  const size = <i32>sizeof<T>();
  const depth = depthOf(job, block);
  const p = job.p0 + block * job.depth;
  packPanels<T>(
    job.a + <usize>(((job.i0 + begin) * job.rowA + p * job.columnA) * size),
    job.rowA,
    job.columnA,
    MR,
    end - begin,
    depth,
    <T>job.alpha,
    workspace() + <usize>block * blockPitch<T>(job, job.rows) + <usize>(begin * depth * size),
  );
}

function multiplyTile<T>(task: i32): void {
  const job = changetype<GemmJob>(GEMM_JOB);
  const iBegin = (task % job.tilesDown) * job.tileRows;
  const jBegin = (task / job.tilesDown) * job.tileColumns;
  const iEnd = min(job.rows, iBegin + job.tileRows);
  const jEnd = min(job.columns, jBegin + job.tileColumns);
  const triangular = job.part != FULL;
  // Row minus column of an element, in the coordinates of C, is i - j + shift.
  const shift = job.i0 - job.j0;
  if (triangular && iEnd - 1 - jBegin + shift < 0) return;
  if (job.k > 0) {
    for (let block = 0; block < job.blocks; block++) {
      if (job.packInTiles) packRowsOfA<T>(job, block, iBegin, iEnd);
      multiplyPanels<T>(job, block, iBegin, iEnd, jBegin, jEnd, triangular, shift);
    }
  } else if (job.first) clearTile<T>(job, iBegin, iEnd, jBegin, jEnd, shift);
  if (!job.last) return;
  if (job.program != 0) {
    for (let i = iBegin; i < iEnd; i++) {
      const end = triangular ? min(jEnd, i + shift + 1) : jEnd;
      if (end <= jBegin) continue;
      const at = elementOfC<T>(job, i, jBegin);
      runProgram<T>(job.program, job.i0 + i, job.j0 + jBegin, end - jBegin, at, at);
    }
  }
  if (job.part == MIRROR) {
    mirrorBlock<T>(job.c, job.strideC, job.i0 + iBegin, job.i0 + iEnd, job.j0 + jBegin, job.j0 + jEnd);
  }
}

@inline
function elementOfC<T>(job: GemmJob, i: i32, j: i32): usize {
  return job.c + (<usize>(job.i0 + i) * <usize>job.strideC + <usize>(job.j0 + j)) * sizeof<T>();
}

/** Adds one block of k to a tile. */
function multiplyPanels<T>(
  job: GemmJob,
  block: i32,
  iBegin: i32,
  iEnd: i32,
  jBegin: i32,
  jEnd: i32,
  triangular: bool,
  shift: i32,
): void {
  const width = microColumns<T>();
  const depth = depthOf(job, block);
  const first = job.first && block == 0;
  const packedA = workspace() + <usize>block * blockPitch<T>(job, job.rows);
  const packedB = workspace() + PACKED_A_BYTES + <usize>block * blockPitch<T>(job, job.columns);
  const stride = <usize>job.strideC * sizeof<T>();
  for (let j = jBegin; j < jEnd; j += width) {
    const panelB = packedB + <usize>(j * depth) * sizeof<T>();
    let i = iBegin;
    // The first panel of rows that reaches the diagonal in column j.
    if (triangular && j - shift > i) i += ((j - shift - i) / MR) * MR;
    for (; i < iEnd; i += MR) {
      const panelA = packedA + <usize>(i * depth) * sizeof<T>();
      const whole = i + MR <= iEnd && j + width <= jEnd && !(triangular && i + shift < j + width - 1);
      if (whole) microKernel<T>(!first, depth, panelA, panelB, elementOfC<T>(job, i, j), stride);
      else partialTile<T>(job, depth, first, i, min(MR, iEnd - i), j, min(width, jEnd - j), panelA, panelB, shift);
    }
  }
}

/**
 * A micro-tile that sticks out of C or crosses the diagonal: computed aside, then copied where it belongs.
 */
function partialTile<T>(
  job: GemmJob,
  depth: i32,
  first: bool,
  i: i32,
  rows: i32,
  j: i32,
  columns: i32,
  panelA: usize,
  panelB: usize,
  shift: i32,
): void {
  const width = microColumns<T>();
  const aside = scratch();
  microKernel<T>(false, depth, panelA, panelB, aside, <usize>width * sizeof<T>());
  for (let r = 0; r < rows; r++) {
    const end = job.part == FULL ? columns : min(columns, i + r + shift - j + 1);
    const from = aside + <usize>(r * width) * sizeof<T>();
    const to = elementOfC<T>(job, i + r, j);
    if (first) {
      for (let q: usize = 0; <i32>q < end; q++) store<T>(to + q * sizeof<T>(), load<T>(from + q * sizeof<T>()));
    } else {
      for (let q: usize = 0; <i32>q < end; q++) {
        const at = to + q * sizeof<T>();
        store<T>(at, load<T>(at) + load<T>(from + q * sizeof<T>()));
      }
    }
  }
}

/** A product of no terms. */
function clearTile<T>(job: GemmJob, iBegin: i32, iEnd: i32, jBegin: i32, jEnd: i32, shift: i32): void {
  for (let i = iBegin; i < iEnd; i++) {
    const end = job.part == FULL ? jEnd : min(jEnd, i + shift + 1);
    if (end > jBegin) memory.fill(elementOfC<T>(job, i, jBegin), 0, <usize>(end - jBegin) * sizeof<T>());
  }
}

/** C *= beta, in the part of C that will be computed. */
function scale<T>(m: i32, n: i32): void {
  const job = changetype<GemmJob>(GEMM_JOB);
  job.columns = n;
  const fn = (task: i32): void => scaleRow<T>(task);
  parallel(fn.index, m, <f64>m * n);
}

function scaleRow<T>(i: i32): void {
  const job = changetype<GemmJob>(GEMM_JOB);
  const row = job.c + <usize>i * <usize>job.strideC * sizeof<T>();
  const n = job.part == FULL ? job.columns : i + 1;
  const beta = v128.splat<T>(<T>job.beta);
  const step = 16 / <i32>sizeof<T>();
  let j = 0;
  for (; j + step <= n; j += step) {
    const at = row + <usize>j * sizeof<T>();
    v128.store(at, v128.mul<T>(v128.load(at), beta));
  }
  for (; j < n; j++) {
    const at = row + <usize>j * sizeof<T>();
    store<T>(at, load<T>(at) * <T>job.beta);
  }
}
