import type { Shader } from '../shader/shader.ts';
import { stripColumns, stripFunctions, stripRows, stripThreads } from './strip.ts';

/**
 * Factorizes a diagonal block in one group of threads: strips of 32 columns from left to right, each of them
 * in pieces of 64 rows. `a` holds the block's rows of the matrix; the factor also goes to `d`, row after row
 * of `stride` elements.
 *
 * The first pivot that is not positive and finite is noted in `outcome`: the matrix's order less the pivot's
 * row, so that 0 says that there is none, and the bits of its value. What follows computes with 1 in its
 * place, and is not looked at.
 */
export const factorBlock: Shader = {
  key: 'factor block',
  operands: {
    a: { access: 'update' },
    d: { access: 'write' },
    outcome: { access: 'update', type: 'u32' },
  },
  uniforms: { columns: 'u32', base: 'u32', size: 'u32', stride: 'u32', order: 'u32', ridge: 'f32' },
  threads: stripThreads,
  declarations: () => `
var<private> firstRow: u32;
fn known(r: u32, k: u32) -> f32 { return d[u.dAt + (firstRow + r) * u.stride + k]; }
fn lower(i: u32, k: u32) -> f32 { return d[u.dAt + i * u.stride + k]; }
fn entry(i: u32, j: u32) -> f32 {
  var value = a[u.aAt + i * u.columns + u.base + j];
  if (i == j) { value += u.ridge; }
  return value;
}
${stripFunctions}
fn rootOf(c: u32, row: u32, thread: u32) -> f32 {
  let pivot = x[c * 33u + c];
  let bits = bitcast<u32>(pivot);
  // By its bits: compilers may assume that there is neither NaN nor infinity.
  let isGood = bits - 1u < 0x7f7fffffu;
  if (!isGood && thread == 0u && outcome[u.outcomeAt] == 0u) {
    outcome[u.outcomeAt] = u.order - row;
    outcome[u.outcomeAt + 1u] = bits;
  }
  return sqrt(select(1.0, pivot, isGood));
}
fn store(i: u32, j: u32, value: f32) {
  d[u.dAt + i * u.stride + j] = value;
  a[u.aAt + i * u.columns + u.base + j] = value;
}`,
  body: () => `
  for (var begin = 0u; begin < u.size; begin += ${stripColumns}u) {
    let width = min(${stripColumns}u, u.size - begin);
    for (var first = begin; first < u.size; first += ${stripRows}u) {
      let rows = min(${stripRows}u, u.size - first);
      let isDiagonal = first == begin;
      firstRow = first;
      sumProducts(rows, begin, width, begin, thread);
      for (var e = 0u; e < 8u; e++) {
        let r = sumRow(e, thread); let c = sumColumn(e, thread);
        var value = 0.0;
        // What stands above the diagonal is not read.
        if (r < rows && c < width && (!isDiagonal || c <= r)) { value = entry(first + r, begin + c) - sums[e]; }
        x[r * 33u + c] = value;
      }
      workgroupBarrier();
      for (var c = 0u; c < width; c++) {
        if (isDiagonal) {
          let root = rootOf(c, u.base + begin + c, thread);
          if (thread == c) { l[c * 33u + c] = root; }
          if (thread > c && thread < ${stripRows}u) {
            let value = x[thread * 33u + c] / root;
            x[thread * 33u + c] = value;
            if (thread < ${stripColumns}u) { l[thread * 33u + c] = value; }
          }
        } else if (thread < ${stripRows}u) {
          x[thread * 33u + c] /= l[c * 33u + c];
        }
        workgroupBarrier();
        eliminate(c, width, select(0u, c + 1u, isDiagonal), thread);
        workgroupBarrier();
      }
      for (var e = thread; e < ${stripRows * stripColumns}u; e += 256u) {
        let r = e / ${stripColumns}u; let c = e % ${stripColumns}u;
        if (r >= rows || c >= width) { continue; }
        if (!isDiagonal || c < r) { store(first + r, begin + c, x[r * 33u + c]); }
        else if (c == r) { store(first + r, begin + c, l[c * 33u + c]); }
      }
      storageBarrier();
      workgroupBarrier();
    }
  }
  for (var e = thread; e < u.size * u.size; e += ${stripThreads}u) {
    let i = e / u.size; let j = e % u.size;
    if (j > i) { a[u.aAt + i * u.columns + u.base + j] = 0.0; }
  }`,
};
