import type { Shader } from '../shader/shader.ts';

/** Order of the diagonal blocks of L that are inverted. */
export const inverseOrder = 64;

/**
 * Inverses of the diagonal blocks of 64 rows, one below the other, what is on and below their diagonals
 * alone; a group of threads for each, a thread for each column.
 */
export const invertBlocks: Shader = {
  key: 'invert diagonal blocks',
  operands: { l: { access: 'read' }, inverse: { access: 'write' } },
  uniforms: { columns: 'u32', begin: 'u32', rows: 'u32' },
  threads: inverseOrder,
  body: () => `
  let first = group * 64u;
  let at = u.lAt + first * u.columns + u.begin + first;
  let size = min(64u, u.rows - first);
  let to = u.inverseAt + first * 64u + thread;
  for (var r = thread; r < size; r++) {
    var value = select(0.0, 1.0, r == thread);
    for (var k = thread; k < r; k++) { value -= l[at + r * u.columns + k] * inverse[to + k * 64u]; }
    inverse[to + r * 64u] = value / l[at + r * u.columns + r];
  }`,
};

/**
 * One step of L X = B, or of Lᵀ X = B, for four columns of B, by blocks of rows. The block whose unknowns are
 * next is one group's: it subtracts what the block before contributes, and finds them 64 at a time by the
 * inverse. The other groups subtract it from 64 rows each of those that wait.
 *
 * Blocks are consecutive, and so are the unknowns that are known: what is subtracted from a row is one sum.
 */
export function stepShader(transposed: boolean): Shader {
  return {
    key: `triangular step${transposed ? ' transposed' : ''}`,
    operands: { l: { access: 'read' }, inverse: { access: 'read' }, b: { access: 'update' } },
    uniforms: {
      columns: 'u32',
      sides: 'u32',
      /** The row at which `l` begins. */
      origin: 'u32',
      /** The block whose unknowns are next, where the first strip finds them; else `end` is `next`. */
      next: 'u32',
      end: 'u32',
      /** The block whose unknowns were found last. */
      solved: 'u32',
      solvedEnd: 'u32',
      /** The first row of the other strips, and their end. */
      waiting: 'u32',
      waitingEnd: 'u32',
      /** Strips. */
      strips: 'u32',
    },
    threads: 256,
    declarations: () => `
var<workgroup> parts: array<vec4f, 256>;
var<workgroup> rest: array<vec4f, 64>;
var<private> side: u32;
fn sidesAt(row: u32) -> vec4f {
  let at = u.bAt + row * u.sides + side;
  var value = vec4f(b[at], 0.0, 0.0, 0.0);
  if (side + 1u < u.sides) { value.y = b[at + 1u]; }
  if (side + 2u < u.sides) { value.z = b[at + 2u]; }
  if (side + 3u < u.sides) { value.w = b[at + 3u]; }
  return value;
}
fn store(row: u32, value: vec4f) {
  let at = u.bAt + row * u.sides + side;
  b[at] = value.x;
  if (side + 1u < u.sides) { b[at + 1u] = value.y; }
  if (side + 2u < u.sides) { b[at + 2u] = value.z; }
  if (side + 3u < u.sides) { b[at + 3u] = value.w; }
}
${transposed ? transposedSums : plainSums}`,
    body: () => `
  side = group / u.strips * 4u;
  let strip = group % u.strips;
  if (u.end > u.next && strip == 0u) {
    let count = (u.end - u.next + 63u) / 64u;
    for (var step = 0u; step < count; step++) {
      ${transposed ? transposedStep : plainStep}
      sumsOf(first, size, begin, end, thread);
      if (thread < size) { rest[thread] = sidesAt(first + thread) - rest[thread]; }
      workgroupBarrier();
      if (thread < size) {
        let at = u.inverseAt + first * 64u;
        var value = vec4f();
        ${transposed ? transposedUnknowns : plainUnknowns}
        store(first + thread, value);
      }
      storageBarrier();
      workgroupBarrier();
    }
    return;
  }
  let first = u.waiting + (strip - select(0u, 1u, u.end > u.next)) * 64u;
  let size = min(64u, u.waitingEnd - first);
  sumsOf(first, size, u.solved, u.solvedEnd, thread);
  if (thread < size) { store(first + thread, sidesAt(first + thread) - rest[thread]); }`,
  };
}

const plainStep = `let first = u.next + 64u * step;
      let size = min(64u, u.end - first);
      let begin = u.solved;
      let end = first;`;

const transposedStep = `let first = u.next + 64u * (count - 1u - step);
      let size = min(64u, u.end - first);
      let begin = first + size;
      let end = u.solvedEnd;`;

const plainUnknowns = `for (var k = 0u; k <= thread; k++) { value += inverse[at + thread * 64u + k] * rest[k]; }`;

const transposedUnknowns = `for (var k = thread; k < size; k++) { value += inverse[at + k * 64u + thread] * rest[k]; }`;

/** rest[i] = Σ_k L[first + i][k] x[k] over k from `begin` to `end`; 16 threads share a row. */
const plainSums = `
fn sumsOf(first: u32, size: u32, begin: u32, end: u32, thread: u32) {
  let line = thread / 16u;
  var s: array<vec4f, 4>;
  let at = u.lAt + (first - u.origin + line) * u.columns;
  for (var k = begin + thread % 16u; k < end; k += 16u) {
    let known = sidesAt(k);
    if (line < size) { s[0] += l[at + k] * known; }
    if (line + 16u < size) { s[1] += l[at + 16u * u.columns + k] * known; }
    if (line + 32u < size) { s[2] += l[at + 32u * u.columns + k] * known; }
    if (line + 48u < size) { s[3] += l[at + 48u * u.columns + k] * known; }
  }
  for (var part = 0u; part < 4u; part++) {
    workgroupBarrier();
    if (part == 0u) { parts[thread] = s[0]; }
    if (part == 1u) { parts[thread] = s[1]; }
    if (part == 2u) { parts[thread] = s[2]; }
    if (part == 3u) { parts[thread] = s[3]; }
    workgroupBarrier();
    if (thread < 16u) {
      var sum = parts[thread * 16u];
      for (var i = 1u; i < 16u; i++) { sum += parts[thread * 16u + i]; }
      rest[part * 16u + thread] = sum;
    }
  }
  workgroupBarrier();
}`;

/** rest[i] = Σ_k L[k][first + i] x[k]; 64 columns beside each other, four threads share one. */
const transposedSums = `
fn sumsOf(first: u32, size: u32, begin: u32, end: u32, thread: u32) {
  let i = thread % 64u;
  var s = vec4f();
  if (i < size) {
    for (var k = begin + thread / 64u; k < end; k += 4u) {
      s += l[u.lAt + (k - u.origin) * u.columns + first + i] * sidesAt(k);
    }
  }
  workgroupBarrier();
  parts[thread] = s;
  workgroupBarrier();
  if (thread < 64u) {
    rest[thread] = parts[thread] + parts[thread + 64u] + parts[thread + 128u] + parts[thread + 192u];
  }
  workgroupBarrier();
}`;
