/** Rows of a strip, which one group of threads works on. */
export const stripRows = 64;
/** Columns of a strip that are eliminated together. */
export const stripColumns = 32;
/** Threads of a group. */
export const stripThreads = 256;

/**
 * Functions in WGSL for X Lᵀ = A, L lower triangular, on a strip of 64 rows of X, 32 columns at a time:
 * what is known of X times Lᵀ is subtracted as a product of tiles, then the 32 columns are eliminated one
 * after the other. That is substitution, with its small residual, at nearly the speed of products.
 *
 * What is around them defines `known(row, k)`, an entry of X that has been found, and `lower(i, k)`, one of
 * L; both are asked for entries that exist, or not below the diagonal's block, alone.
 */
export const stripFunctions = `
var<workgroup> x: array<f32, ${stripRows * 33}>;
var<workgroup> l: array<f32, ${stripColumns * 33}>;
var<private> sums: array<f32, 8>;

// sums of known(row, k) lower(column, k) over k below \`inner\`: 4 x 2 of each thread
fn sumProducts(rows: u32, column: u32, width: u32, inner: u32, thread: u32) {
  var s0 = vec4f(); var s1 = vec4f();
  for (var k0 = 0u; k0 < inner; k0 += 16u) {
    for (var e = thread; e < 1024u; e += 256u) {
      let r = e / 16u; let k = e % 16u;
      var value = 0.0;
      if (r < rows && k0 + k < inner) { value = known(r, k0 + k); }
      x[k * 65u + r] = value;
    }
    for (var e = thread; e < 512u; e += 256u) {
      let c = e / 16u; let k = e % 16u;
      var value = 0.0;
      if (c < width && k0 + k < inner) { value = lower(column + c, k0 + k); }
      x[1040u + k * 33u + c] = value;
    }
    workgroupBarrier();
    for (var k = 0u; k < 16u; k++) {
      let at = k * 65u + (thread / 16u) * 4u;
      let left = vec4f(x[at], x[at + 1u], x[at + 2u], x[at + 3u]);
      let right = 1040u + k * 33u + thread % 16u;
      s0 += left * x[right];
      s1 += left * x[right + 16u];
    }
    workgroupBarrier();
  }
  sums = array<f32, 8>(s0.x, s0.y, s0.z, s0.w, s1.x, s1.y, s1.z, s1.w);
}

// The tile of a thread: entry e of \`sums\` belongs to row sumRow and column sumColumn of the strip.
fn sumRow(e: u32, thread: u32) -> u32 { return (thread / 16u) * 4u + e % 4u; }
fn sumColumn(e: u32, thread: u32) -> u32 { return thread % 16u + 16u * (e / 4u); }

// Takes column c of the strip as found, and subtracts what it contributes from those to the right of it.
fn eliminate(c: u32, width: u32, firstRow: u32, thread: u32) {
  for (var e = thread; e < 256u; e += 256u) {
    let r = e / 4u;
    if (r >= firstRow) {
      let found = x[r * 33u + c];
      for (var k = c + 1u + e % 4u; k < width; k += 4u) { x[r * 33u + k] -= found * l[k * 33u + c]; }
    }
  }
}
`;

/**
 * WGSL that solves for a strip of X, from \`rows\` and \`size\`, the order of L. It asks \`given(row, i)\`
 * for A and hands what it finds to \`found(row, i, value)\`.
 */
export const stripSolve = `
  for (var begin = 0u; begin < u.size; begin += ${stripColumns}u) {
    let width = min(${stripColumns}u, u.size - begin);
    sumProducts(rows, begin, width, begin, thread);
    for (var e = 0u; e < 8u; e++) {
      let r = sumRow(e, thread); let c = sumColumn(e, thread);
      var value = 0.0;
      if (r < rows && c < width) { value = given(r, begin + c) - sums[e]; }
      x[r * 33u + c] = value;
    }
    for (var e = thread; e < ${stripColumns * stripColumns}u; e += 256u) {
      let r = e / ${stripColumns}u; let c = e % ${stripColumns}u;
      if (r < width && c <= r) { l[r * 33u + c] = lower(begin + r, begin + c); }
    }
    workgroupBarrier();
    for (var c = 0u; c < width; c++) {
      if (thread < ${stripRows}u) { x[thread * 33u + c] /= l[c * 33u + c]; }
      workgroupBarrier();
      eliminate(c, width, 0u, thread);
      workgroupBarrier();
    }
    for (var e = thread; e < ${stripRows * stripColumns}u; e += 256u) {
      let r = e / ${stripColumns}u; let c = e % ${stripColumns}u;
      if (r < rows && c < width) { found(r, begin + c, x[r * 33u + c]); }
    }
    storageBarrier();
    workgroupBarrier();
  }`;
