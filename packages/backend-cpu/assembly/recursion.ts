// Kernels of infinitely wide convolutional networks with rectifiers: for each pair of images a recursion over
// the layers, on fields that stay in a core's cache from the first inner products to the mean over positions.
//
// With S and T (at first the scaled inner products of patches at the same position), standard deviations r of
// both images and c = S / (r r'): S <- r r' k1(c), T <- S + T k0(c) (the covariance and the tangent
// together); then both are summed over windows.

import { RECURSION_JOB } from './layout';
import { absolute, all, choose, signBit } from './math/bits';
import { arcCosineKernel0 } from './math/trigonometry';
import { madd } from './simd';
import { parallel, threadNumber } from './threads';

/** Bytes that loops take at a time; fields are padded to whole steps, with zeros. */
const STEP: usize = 32;
/** Images of a block of pairs: first and second. */
const ROWS: i32 = 4;
const COLUMNS: i32 = 2;
/** Columns of one task. */
const TASK_COLUMNS: i32 = 16;
/**
 * Work fields besides the inner products of a block: S and T after the layer, sums down the columns, S and T
 * before it.
 */
const WORK_FIELDS: i32 = 5;

/**
 * A layer, as src/wasm/recursion.ts writes it (i32 words): its grid; bytes of a field; offsets of r and of 1
 * / r within a prepared image.
 */
@unmanaged
class Layer {
  height: i32;
  width: i32;
  fieldBytes: usize;
  roots: usize;
  inverses: usize;
}
const LAYER_BYTES: usize = 20;

@unmanaged
class RecursionJob {
  scale: f64;
  factor: f64;
  layers: usize;
  layerCount: i32;
  length: i32;
  size: i32;
  padding: i32;
  tangent: i32;
  symmetric: i32;
  n: i32;
  m: i32;
  /** Patches as rows [images * positions, length]; images prepared from them. */
  source: usize;
  x: usize;
  z: usize;
  imageBytes: usize;
  scaled: i32;
  out: usize;
  /** Scratch of all threads, and bytes of each. */
  scratch: usize;
  scratchBytes: usize;
  /** Bytes of the largest field, with room for windows that stick out. */
  workBytes: usize;
}

/** Tells the kernels what to do; addresses and bytes as the class above says. */
export function setUpRecursion(
  layers: usize,
  layerCount: i32,
  length: i32,
  size: i32,
  padding: i32,
  tangent: i32,
  symmetric: i32,
  scale: f64,
  factor: f64,
  n: i32,
  m: i32,
  imageBytes: usize,
  out: usize,
  scratch: usize,
  scratchBytes: usize,
  workBytes: usize,
): void {
  const job = changetype<RecursionJob>(RECURSION_JOB);
  job.layers = layers;
  job.layerCount = layerCount;
  job.length = length;
  job.size = size;
  job.padding = padding;
  job.tangent = tangent;
  job.symmetric = symmetric;
  job.scale = scale;
  job.factor = factor;
  job.n = n;
  job.m = m;
  job.imageBytes = imageBytes;
  job.out = out;
  job.scratch = scratch;
  job.scratchBytes = scratchBytes;
  job.workBytes = workBytes;
}

/**
 * Prepares images: for each step of positions the entries of their patches one after the other,
 * [positions / step, length, step], times `scale` where they are the first operand; then r and 1 / r of each
 * layer.
 */
export function prepareRecursion<T>(source: usize, count: i32, target: usize, scaled: i32): void {
  const job = changetype<RecursionJob>(RECURSION_JOB);
  job.source = source;
  job.scaled = scaled;
  if (scaled) job.x = target;
  else job.z = target;
  const first = changetype<Layer>(job.layers);
  const fn = (image: i32): void => prepareImage<T>(image);
  parallel(fn.index, count, <f64>count * first.height * first.width * job.length * 4);
}

function prepareImage<T>(image: i32): void {
  const job = changetype<RecursionJob>(RECURSION_JOB);
  const first = changetype<Layer>(job.layers);
  const positions = first.height * first.width;
  const field = first.fieldBytes;
  const target = (job.scaled ? job.x : job.z) + <usize>image * job.imageBytes;
  const rows = job.source + <usize>image * <usize>(positions * job.length) * sizeof<T>();
  const step = <usize>job.length * STEP;
  memory.fill(target + (field / STEP - 1) * step, 0, step);
  const perStep = <i32>(STEP / sizeof<T>());
  for (let p = 0; p < positions; p++) {
    let to = target + <usize>(p / perStep) * step + <usize>(p % perStep) * sizeof<T>();
    let from = rows + <usize>(p * job.length) * sizeof<T>();
    for (let k = 0; k < job.length; k++) {
      store<T>(to, load<T>(from));
      to += STEP;
      from += sizeof<T>();
    }
  }
  variances<T>(job, target);
  if (job.scaled && job.scale != 1) multiply<T>(target, job.scale, (<usize>job.length * field) / STEP);
}

/**
 * Variances of all layers, in the order of the sums of the inner products; then their roots and inverse
 * roots.
 */
function variances<T>(job: RecursionJob, image: usize): void {
  const first = changetype<Layer>(job.layers);
  const factor = v128.splat<T>(<T>job.scale);
  const steps = first.fieldBytes / STEP;
  for (let step: usize = 0; step < steps; step++) {
    let at = image + step * <usize>job.length * STEP;
    let low = v128.splat<T>(0);
    let high = v128.splat<T>(0);
    for (let k = 0; k < job.length; k++) {
      const a = v128.load(at);
      const b = v128.load(at, 16);
      low = madd<T>(v128.mul<T>(a, factor), a, low);
      high = madd<T>(v128.mul<T>(b, factor), b, high);
      at += STEP;
    }
    const to = image + first.roots + step * STEP;
    v128.store(to, low);
    v128.store(to, high, 16);
  }
  const scratch = threadScratch(job);
  for (let l = 1; l < job.layerCount; l++) {
    const before = layerAt(job, l - 1);
    const layer = layerAt(job, l);
    windows<T>(job, image + before.roots, before, layer, scratch, image + layer.roots);
  }
  for (let l = 0; l < job.layerCount; l++) {
    const layer = layerAt(job, l);
    rootsOf<T>(image + layer.roots, image + layer.inverses, layer.fieldBytes / STEP);
  }
}

function rootsOf<T>(roots: usize, inverses: usize, steps: usize): void {
  const zero = v128.splat<T>(0);
  const one = v128.splat<T>(1);
  for (let i: usize = 0; i < 2 * steps; i++) {
    const root = v128.sqrt<T>(v128.load(roots));
    v128.store(roots, root);
    v128.store(inverses, choose(v128.gt<T>(root, zero), v128.div<T>(one, root), zero));
    roots += 16;
    inverses += 16;
  }
}

function multiply<T>(at: usize, factor: f64, steps: usize): void {
  const f = v128.splat<T>(<T>factor);
  for (let i: usize = 0; i < 2 * steps; i++) {
    v128.store(at, v128.mul<T>(v128.load(at), f));
    at += 16;
  }
}

/** The kernel of all pairs of prepared images. */
export function runRecursion<T>(): void {
  const job = changetype<RecursionJob>(RECURSION_JOB);
  if (job.n == 0 || job.m == 0) return;
  const down = (job.n + ROWS - 1) / ROWS;
  const across = (job.m + TASK_COLUMNS - 1) / TASK_COLUMNS;
  const first = changetype<Layer>(job.layers);
  const work = <f64>job.n * job.m * first.height * first.width * (job.length + 60 * job.layerCount);
  const fn = (task: i32): void => runBlock<T>(task);
  parallel(fn.index, down * across, work);
  if (job.symmetric) mirror<T>(job);
}

function runBlock<T>(task: i32): void {
  const job = changetype<RecursionJob>(RECURSION_JOB);
  const across = (job.m + TASK_COLUMNS - 1) / TASK_COLUMNS;
  const i0 = (task / across) * ROWS;
  const begin = (task % across) * TASK_COLUMNS;
  const end = min(job.m, begin + TASK_COLUMNS);
  const rows = min(ROWS, job.n - i0);
  const scratch = threadScratch(job);
  for (let j0 = begin; j0 < end; j0 += COLUMNS) {
    if (job.symmetric && j0 > i0 + rows - 1) break;
    const columns = min(COLUMNS, end - j0);
    innerProducts<T>(job, i0, rows, j0, columns, scratch);
    for (let r = 0; r < rows; r++) {
      for (let q = 0; q < columns; q++) {
        if (job.symmetric && j0 + q > i0 + r) continue;
        const products = scratch + <usize>(r * COLUMNS + q) * job.workBytes;
        const value = pair<T>(job, i0 + r, j0 + q, products, scratch);
        store<T>(job.out + <usize>((i0 + r) * job.m + j0 + q) * sizeof<T>(), <T>(value * job.factor));
      }
    }
  }
}

/**
 * Scaled inner products of patches at the same position, of 4 x 2 pairs; images beyond the end repeat the
 * last one.
 */
function innerProducts<T>(job: RecursionJob, i0: i32, rows: i32, j0: i32, columns: i32, out: usize): void {
  const field = changetype<Layer>(job.layers).fieldBytes;
  const image = job.imageBytes;
  const xa = job.x + <usize>i0 * image;
  const xb = job.x + <usize>(i0 + min(1, rows - 1)) * image;
  const xc = job.x + <usize>(i0 + min(2, rows - 1)) * image;
  const xd = job.x + <usize>(i0 + min(3, rows - 1)) * image;
  const za = job.z + <usize>j0 * image;
  const zb = job.z + <usize>(j0 + min(1, columns - 1)) * image;
  const step = <usize>job.length * STEP;
  let from: usize = 0;
  for (let at: usize = 0; at < field; at += STEP) {
    const to = out + at;
    productStep<T>(job.length, xa + from, xb + from, xc + from, xd + from, za + from, zb + from, to, job.workBytes);
    from += step;
  }
}

function productStep<T>(
  k: i32,
  xa: usize,
  xb: usize,
  xc: usize,
  xd: usize,
  za: usize,
  zb: usize,
  out: usize,
  next: usize,
): void {
  let a00 = v128.splat<T>(0);
  let a01 = v128.splat<T>(0);
  let a10 = v128.splat<T>(0);
  let a11 = v128.splat<T>(0);
  let b00 = v128.splat<T>(0);
  let b01 = v128.splat<T>(0);
  let b10 = v128.splat<T>(0);
  let b11 = v128.splat<T>(0);
  let c00 = v128.splat<T>(0);
  let c01 = v128.splat<T>(0);
  let c10 = v128.splat<T>(0);
  let c11 = v128.splat<T>(0);
  let d00 = v128.splat<T>(0);
  let d01 = v128.splat<T>(0);
  let d10 = v128.splat<T>(0);
  let d11 = v128.splat<T>(0);
  do {
    const z00 = v128.load(za);
    const z01 = v128.load(za, 16);
    const z10 = v128.load(zb);
    const z11 = v128.load(zb, 16);
    let x0 = v128.load(xa);
    let x1 = v128.load(xa, 16);
    a00 = madd<T>(x0, z00, a00);
    a01 = madd<T>(x1, z01, a01);
    a10 = madd<T>(x0, z10, a10);
    a11 = madd<T>(x1, z11, a11);
    x0 = v128.load(xb);
    x1 = v128.load(xb, 16);
    b00 = madd<T>(x0, z00, b00);
    b01 = madd<T>(x1, z01, b01);
    b10 = madd<T>(x0, z10, b10);
    b11 = madd<T>(x1, z11, b11);
    x0 = v128.load(xc);
    x1 = v128.load(xc, 16);
    c00 = madd<T>(x0, z00, c00);
    c01 = madd<T>(x1, z01, c01);
    c10 = madd<T>(x0, z10, c10);
    c11 = madd<T>(x1, z11, c11);
    x0 = v128.load(xd);
    x1 = v128.load(xd, 16);
    d00 = madd<T>(x0, z00, d00);
    d01 = madd<T>(x1, z01, d01);
    d10 = madd<T>(x0, z10, d10);
    d11 = madd<T>(x1, z11, d11);
    za += STEP;
    zb += STEP;
    xa += STEP;
    xb += STEP;
    xc += STEP;
    xd += STEP;
  } while (--k);
  v128.store(out, a00);
  v128.store(out, a01, 16);
  out += next;
  v128.store(out, a10);
  v128.store(out, a11, 16);
  out += next;
  v128.store(out, b00);
  v128.store(out, b01, 16);
  out += next;
  v128.store(out, b10);
  v128.store(out, b11, 16);
  out += next;
  v128.store(out, c00);
  v128.store(out, c01, 16);
  out += next;
  v128.store(out, c10);
  v128.store(out, c11, 16);
  out += next;
  v128.store(out, d00);
  v128.store(out, d01, 16);
  out += next;
  v128.store(out, d10);
  v128.store(out, d11, 16);
}

/** The recursion of one pair, from its inner products: the sum over the positions of the last layer. */
function pair<T>(job: RecursionJob, i: i32, j: i32, products: usize, scratch: usize): f64 {
  const x = job.x + <usize>i * job.imageBytes;
  const z = job.z + <usize>j * job.imageBytes;
  const work = scratch + <usize>(ROWS * COLUMNS) * job.workBytes;
  const after = work;
  const afterBoth = after + job.workBytes;
  const down = afterBoth + job.workBytes;
  const before = down + job.workBytes;
  const beforeBoth = before + job.workBytes;
  let s = products;
  let t = products;
  const last = job.layerCount - 1;
  for (let l = 0; l < last; l++) {
    const layer = layerAt(job, l);
    const next = layerAt(job, l + 1);
    const steps = <i32>(layer.fieldBytes / STEP);
    const ri = x + layer.roots;
    const rj = z + layer.roots;
    const vi = x + layer.inverses;
    const vj = z + layer.inverses;
    if (job.tangent) {
      rectifyBoth<T>(s, t, ri, rj, vi, vj, after, afterBoth, steps);
      windows<T>(job, afterBoth, layer, next, down, beforeBoth);
      t = beforeBoth;
    } else {
      rectify<T>(s, ri, rj, vi, vj, after, steps);
    }
    windows<T>(job, after, layer, next, down, before);
    s = before;
  }
  const layer = layerAt(job, last);
  const steps = <i32>(layer.fieldBytes / STEP);
  const ri = x + layer.roots;
  const rj = z + layer.roots;
  const vi = x + layer.inverses;
  const vj = z + layer.inverses;
  return job.tangent
    ? sumOfBoth<T>(s, t, ri, rj, vi, vj, after, steps)
    : sumOfCovariances<T>(s, ri, rj, vi, vj, after, steps);
}

/** c = s / (r r'), set to ±1 within 16 epsilon of it. */
@inline
function cosine<T>(s: v128, inverses: v128): v128 {
  const c = v128.mul<T>(s, inverses);
  const edge = sizeof<T>() == 4 ? all<f32>(0.9999980926513672) : all<f64>(0.9999999999999964);
  const one = v128.or(v128.and(c, signBit<T>()), all<T>(1.0));
  return choose(v128.lt<T>(edge, absolute<T>(c)), one, c);
}

/**
 * k0(c) = 1 - acos(c) / pi for c in [-1, 1]. In f32 from acos(a) = sqrt(1 - a) P(a) on [0, 1], which is right
 * to 2e-8 (Abramowitz and Stegun 4.4.46, coefficients here divided by pi), in a third of the instructions of
 * the general function.
 */
@inline
function kernel0<T>(c: v128): v128 {
  if (sizeof<T>() == 8) return arcCosineKernel0<f64>(c);
  const one = all<f32>(1.0);
  const a = absolute<f32>(c);
  let p = madd<f32>(all<f32>(-0.000401863398), a, all<f32>(0.002123155621));
  p = madd<f32>(p, a, all<f32>(-0.005439319315));
  p = madd<f32>(p, a, all<f32>(0.009833191125));
  p = madd<f32>(p, a, all<f32>(-0.015970977187));
  p = madd<f32>(p, a, all<f32>(0.028322891352));
  p = madd<f32>(p, a, all<f32>(-0.068308920112));
  p = madd<f32>(p, a, all<f32>(0.499999993062));
  const angle = v128.mul<f32>(v128.sqrt<f32>(v128.sub<f32>(one, a)), p);
  return choose(v128.lt<f32>(c, all<f32>(0.0)), angle, v128.sub<f32>(one, angle));
}

/** sqrt(1 - c^2) / pi */
@inline
function sine<T>(c: v128): v128 {
  const one = all<T>(1.0);
  const square = v128.mul<T>(v128.sub<T>(one, c), v128.add<T>(one, c));
  return v128.mul<T>(v128.sqrt<T>(square), all<T>(0.31830988618379067154));
}

function rectifyBoth<T>(
  s: usize,
  t: usize,
  ri: usize,
  rj: usize,
  vi: usize,
  vj: usize,
  after: usize,
  both: usize,
  n: i32,
): void {
  do {
    const s0 = v128.load(s);
    const s1 = v128.load(s, 16);
    const c0 = cosine<T>(s0, v128.mul<T>(v128.load(vi), v128.load(vj)));
    const c1 = cosine<T>(s1, v128.mul<T>(v128.load(vi, 16), v128.load(vj, 16)));
    const a0 = kernel0<T>(c0);
    const a1 = kernel0<T>(c1);
    const n0 = v128.mul<T>(v128.load(ri), v128.load(rj));
    const n1 = v128.mul<T>(v128.load(ri, 16), v128.load(rj, 16));
    const k0 = madd<T>(n0, sine<T>(c0), v128.mul<T>(s0, a0));
    const k1 = madd<T>(n1, sine<T>(c1), v128.mul<T>(s1, a1));
    const b0 = madd<T>(v128.load(t), a0, k0);
    const b1 = madd<T>(v128.load(t, 16), a1, k1);
    v128.store(after, k0);
    v128.store(after, k1, 16);
    v128.store(both, b0);
    v128.store(both, b1, 16);
    s += STEP;
    t += STEP;
    ri += STEP;
    rj += STEP;
    vi += STEP;
    vj += STEP;
    after += STEP;
    both += STEP;
  } while (--n);
}

function rectify<T>(s: usize, ri: usize, rj: usize, vi: usize, vj: usize, after: usize, n: i32): void {
  do {
    const s0 = v128.load(s);
    const s1 = v128.load(s, 16);
    const c0 = cosine<T>(s0, v128.mul<T>(v128.load(vi), v128.load(vj)));
    const c1 = cosine<T>(s1, v128.mul<T>(v128.load(vi, 16), v128.load(vj, 16)));
    const n0 = v128.mul<T>(v128.load(ri), v128.load(rj));
    const n1 = v128.mul<T>(v128.load(ri, 16), v128.load(rj, 16));
    const k0 = madd<T>(n0, sine<T>(c0), v128.mul<T>(s0, kernel0<T>(c0)));
    const k1 = madd<T>(n1, sine<T>(c1), v128.mul<T>(s1, kernel0<T>(c1)));
    v128.store(after, k0);
    v128.store(after, k1, 16);
    s += STEP;
    ri += STEP;
    rj += STEP;
    vi += STEP;
    vj += STEP;
    after += STEP;
  } while (--n);
}

function sumOfBoth<T>(
  s: usize,
  t: usize,
  ri: usize,
  rj: usize,
  vi: usize,
  vj: usize,
  aside: usize,
  n: i32,
): f64 {
  let sum0 = v128.splat<T>(0);
  let sum1 = v128.splat<T>(0);
  do {
    const s0 = v128.load(s);
    const s1 = v128.load(s, 16);
    const c0 = cosine<T>(s0, v128.mul<T>(v128.load(vi), v128.load(vj)));
    const c1 = cosine<T>(s1, v128.mul<T>(v128.load(vi, 16), v128.load(vj, 16)));
    const n0 = v128.mul<T>(v128.load(ri), v128.load(rj));
    const n1 = v128.mul<T>(v128.load(ri, 16), v128.load(rj, 16));
    const b0 = v128.mul<T>(v128.add<T>(s0, v128.load(t)), kernel0<T>(c0));
    const b1 = v128.mul<T>(v128.add<T>(s1, v128.load(t, 16)), kernel0<T>(c1));
    sum0 = v128.add<T>(sum0, madd<T>(n0, sine<T>(c0), b0));
    sum1 = v128.add<T>(sum1, madd<T>(n1, sine<T>(c1), b1));
    s += STEP;
    t += STEP;
    ri += STEP;
    rj += STEP;
    vi += STEP;
    vj += STEP;
  } while (--n);
  v128.store(aside, sum0);
  v128.store(aside, sum1, 16);
  return total<T>(aside);
}

function sumOfCovariances<T>(
  s: usize,
  ri: usize,
  rj: usize,
  vi: usize,
  vj: usize,
  aside: usize,
  n: i32,
): f64 {
  let sum0 = v128.splat<T>(0);
  let sum1 = v128.splat<T>(0);
  do {
    const s0 = v128.load(s);
    const s1 = v128.load(s, 16);
    const c0 = cosine<T>(s0, v128.mul<T>(v128.load(vi), v128.load(vj)));
    const c1 = cosine<T>(s1, v128.mul<T>(v128.load(vi, 16), v128.load(vj, 16)));
    const n0 = v128.mul<T>(v128.load(ri), v128.load(rj));
    const n1 = v128.mul<T>(v128.load(ri, 16), v128.load(rj, 16));
    sum0 = v128.add<T>(sum0, madd<T>(n0, sine<T>(c0), v128.mul<T>(s0, kernel0<T>(c0))));
    sum1 = v128.add<T>(sum1, madd<T>(n1, sine<T>(c1), v128.mul<T>(s1, kernel0<T>(c1))));
    s += STEP;
    ri += STEP;
    rj += STEP;
    vi += STEP;
    vj += STEP;
  } while (--n);
  v128.store(aside, sum0);
  v128.store(aside, sum1, 16);
  return total<T>(aside);
}

/** Sum of the elements of 32 bytes. */
function total<T>(at: usize): f64 {
  let sum: f64 = 0;
  for (let i: usize = 0; i < STEP; i += sizeof<T>()) sum += <f64>load<T>(at + i);
  return sum;
}

/**
 * Window sums of a field: down the columns into `down`, then along the rows. Rows are written in whole steps:
 * what sticks out is overwritten by the next row, or set to zero at the end. With padding the field is first
 * copied into the middle of zeros, behind the sums.
 */
function windows<T>(job: RecursionJob, field: usize, from: Layer, to: Layer, down: usize, out: usize): void {
  let width = from.width;
  let source = field;
  const size = job.size;
  if (job.padding > 0) {
    source = padded<T>(job, field, from);
    width += 2 * job.padding;
  }
  const line = <usize>width * sizeof<T>();
  addLines<T>(source, line, size, down, <i32>((<usize>to.height * line + STEP - 1) / STEP));
  const outLine = <usize>to.width * sizeof<T>();
  const steps = <i32>((outLine + STEP - 1) / STEP);
  for (let y = 0; y < to.height; y++) {
    addLines<T>(down + <usize>y * line, sizeof<T>(), size, out + <usize>y * outLine, steps);
  }
  const written = <usize>to.height * outLine;
  memory.fill(out + written, 0, to.fieldBytes - written);
}

/** target = source + source at `distance` + ..., `count` of them, in steps. */
function addLines<T>(source: usize, distance: usize, count: i32, target: usize, n: i32): void {
  if (count == 3) {
    const second = 2 * distance;
    do {
      const a0 = v128.add<T>(v128.load(source), v128.load(source + distance));
      const a1 = v128.add<T>(v128.load(source, 16), v128.load(source + distance, 16));
      const s0 = v128.add<T>(a0, v128.load(source + second));
      const s1 = v128.add<T>(a1, v128.load(source + second, 16));
      v128.store(target, s0);
      v128.store(target, s1, 16);
      source += STEP;
      target += STEP;
    } while (--n);
    return;
  }
  do {
    let s0 = v128.load(source);
    let s1 = v128.load(source, 16);
    let at = source;
    for (let i = 1; i < count; i++) {
      at += distance;
      s0 = v128.add<T>(s0, v128.load(at));
      s1 = v128.add<T>(s1, v128.load(at, 16));
    }
    v128.store(target, s0);
    v128.store(target, s1, 16);
    source += STEP;
    target += STEP;
  } while (--n);
}

/** The field with a border of zeros, in the last work field of the thread. */
function padded<T>(job: RecursionJob, field: usize, from: Layer): usize {
  const border = threadScratch(job) + job.scratchBytes - job.workBytes;
  const width = from.width + 2 * job.padding;
  memory.fill(border, 0, job.workBytes);
  const bytes = <usize>from.width * sizeof<T>();
  let to = border + <usize>(job.padding * width + job.padding) * sizeof<T>();
  for (let y = 0; y < from.height; y++) {
    memory.copy(to, field + <usize>y * bytes, bytes);
    to += <usize>width * sizeof<T>();
  }
  return border;
}

/** Copies the lower triangle to the upper one. */
function mirror<T>(job: RecursionJob): void {
  for (let i = 0; i < job.n; i++) {
    for (let j = i + 1; j < job.m; j++) {
      store<T>(
        job.out + <usize>(i * job.m + j) * sizeof<T>(),
        load<T>(job.out + <usize>(j * job.m + i) * sizeof<T>()),
      );
    }
  }
}

@inline
function layerAt(job: RecursionJob, l: i32): Layer {
  return changetype<Layer>(job.layers + <usize>l * LAYER_BYTES);
}

@inline
function threadScratch(job: RecursionJob): usize {
  return job.scratch + <usize>threadNumber() * job.scratchBytes;
}

/** Work fields of a thread: inner products, the recursion's, and one with a border. */
export function recursionFields(): i32 {
  return ROWS * COLUMNS + WORK_FIELDS + 1;
}
