// Gradients of a kernel machine at its centers, which are mostly 0. Entry k of the gradient of output c at
// point i is a sum over the few centers that have feature k:
//
//   G[k, c, i] = sum over j of value_jk alpha_jc (A_ij - shift_j), and value_ik F_ic where i has feature k.
//
// For each feature that is a product of few steps: of the coefficients of its centers and their rows of the
// symmetric A, both gathered as they are packed.

import { GEMM_JOB } from './layout';
import { MR, microColumns, microKernel } from './micro-kernel';
import { parallel, scratch } from './threads';

/** Centers of a feature that are packed at a time, at most, and bytes of their weights. */
const DEPTH: i32 = 128;
const WEIGHTS_BYTES: i32 = 98304;
/** Places in the scratch: a micro-tile that sticks out, a packed panel of coefficients, then of weights. */
const ASIDE: usize = 0;
const COEFFICIENTS: usize = 4096;
const WEIGHTS: usize = 16384;

@unmanaged
class SparseGradientsJob {
  weights: usize;
  m: i32;
  coefficients: usize;
  outputs: i32;
  /** 0 for none. */
  own: usize;
  /** 0 for none. */
  shift: usize;
  /** For each feature where its centers begin; centers, i32; values. */
  starts: usize;
  centers: usize;
  values: usize;
  begin: i32;
  count: i32;
  out: usize;
}

/**
 * out [features, outputs, count], for `count` points from `begin` on: weights A [m, m], symmetric;
 * coefficients alpha [m, outputs]; own F [m, outputs] and shift [m], or 0.
 */
export function sparseGradients<T>(
  weights: usize,
  m: i32,
  coefficients: usize,
  outputs: i32,
  own: usize,
  shift: usize,
  features: i32,
  starts: usize,
  centers: usize,
  values: usize,
  begin: i32,
  count: i32,
  out: usize,
): void {
  if (count == 0 || outputs == 0) return;
  const job = changetype<SparseGradientsJob>(GEMM_JOB);
  job.weights = weights;
  job.m = m;
  job.coefficients = coefficients;
  job.outputs = outputs;
  job.own = own;
  job.shift = shift;
  job.starts = starts;
  job.centers = centers;
  job.values = values;
  job.begin = begin;
  job.count = count;
  job.out = out;
  const entries = load<i32>(starts + (<usize>features << 2));
  const fn = (task: i32): void => featureGradients<T>(task);
  parallel(fn.index, features, <f64>entries * outputs * count);
}

function featureGradients<T>(feature: i32): void {
  const job = changetype<SparseGradientsJob>(GEMM_JOB);
  const starts = job.starts + (<usize>feature << 2);
  const begin = load<i32>(starts);
  const end = load<i32>(starts, 4);
  const size = sizeof<T>();
  const out = job.out + <usize>feature * <usize>(job.outputs * job.count) * size;
  if (begin == end) {
    memory.fill(out, 0, <usize>(job.outputs * job.count) * size);
    return;
  }
  for (let from = begin; from < end; from += DEPTH) {
    multiplyTerms<T>(job, from, min(DEPTH, end - from), from == begin, out);
  }
  if (job.own != 0) addOwn<T>(job, begin, end, out);
}

/** Sets the gradients by some centers, or adds these to them. */
function multiplyTerms<T>(job: SparseGradientsJob, from: i32, depth: i32, isFirst: bool, out: usize): void {
  // Whole panels, so that long runs of a row of A are read.
  const most = (WEIGHTS_BYTES / (depth << 6)) * (64 / <i32>sizeof<T>());
  for (let i = 0; i < job.count; i += most) {
    multiplySamples<T>(job, from, depth, i, min(job.count, i + most), isFirst, out);
  }
}

/** The same for the samples from `begin` to `end`. */
function multiplySamples<T>(
  job: SparseGradientsJob,
  from: i32,
  depth: i32,
  begin: i32,
  end: i32,
  isFirst: bool,
  out: usize,
): void {
  const width = microColumns<T>();
  const size = <i32>sizeof<T>();
  const centers = job.centers + (<usize>from << 2);
  const values = job.values + <usize>(from * size);
  const panel = <usize>(width * depth * size);
  let right = scratch() + WEIGHTS;
  for (let i = begin; i < end; i += width) {
    packWeights<T>(job, centers, values, depth, i, min(width, end - i), right);
    right += panel;
  }
  const packed = scratch() + COEFFICIENTS;
  const line = <usize>(job.count * size);
  for (let c = 0; c < job.outputs; c += MR) {
    const rows = min(MR, job.outputs - c);
    packCoefficients<T>(job, centers, depth, c, rows, packed);
    right = scratch() + WEIGHTS;
    for (let i = begin; i < end; i += width) {
      const at = out + <usize>c * line + <usize>(i * size);
      const columns = min(width, end - i);
      if (rows == MR && columns == width) microKernel<T>(!isFirst, depth, packed, right, at, line);
      else ragged<T>(isFirst, depth, packed, right, rows, columns, at, line);
      right += panel;
    }
  }
}

/** The weights of some samples, as many as a micro-tile is wide, by center: [depth][width]. */
function packWeights<T>(
  job: SparseGradientsJob,
  centers: usize,
  values: usize,
  depth: i32,
  first: i32,
  valid: i32,
  target: usize,
): void {
  const size = sizeof<T>();
  const bytes = <usize>microColumns<T>() * size;
  const filled = <usize>valid * size;
  const vectors = filled & ~15;
  const samples = job.weights + <usize>(job.begin + first) * size;
  for (let t = 0; t < depth; t++) {
    const center = <usize>load<i32>(centers);
    const value = load<T>(values);
    const shift: T = job.shift == 0 ? <T>0 : load<T>(job.shift + center * size);
    const source = samples + center * <usize>job.m * size;
    const factor = v128.splat<T>(value);
    const origin = v128.splat<T>(shift);
    let at: usize = 0;
    for (; at < vectors; at += 16) {
      v128.store(target + at, v128.mul<T>(v128.sub<T>(v128.load(source + at), origin), factor));
    }
    for (; at < filled; at += size) store<T>(target + at, (load<T>(source + at) - shift) * value);
    for (; at < bytes; at += size) store<T>(target + at, <T>0);
    centers += 4;
    values += size;
    target += bytes;
  }
}

/** Coefficients of some outputs by center: [depth][MR]. */
function packCoefficients<T>(
  job: SparseGradientsJob,
  centers: usize,
  depth: i32,
  first: i32,
  rows: i32,
  target: usize,
): void {
  const size = sizeof<T>();
  const outputs = job.coefficients + <usize>first * size;
  const pitch = <usize>job.outputs * size;
  for (let t = 0; t < depth; t++) {
    const source = outputs + <usize>load<i32>(centers) * pitch;
    if (rows == MR) copySix<T>(source, target);
    else {
      for (let r: usize = 0; <i32>r < MR; r++) {
        store<T>(target + r * size, <i32>r < rows ? load<T>(source + r * size) : <T>0);
      }
    }
    target += <usize>MR * size;
    centers += 4;
  }
}

@inline
function copySix<T>(source: usize, target: usize): void {
  v128.store(target, v128.load(source));
  if (sizeof<T>() == 4) {
    v128.store64_lane(target, v128.load64_zero(source, 16), 0, 16);
    return;
  }
  v128.store(target, v128.load(source, 16), 16);
  v128.store(target, v128.load(source, 32), 32);
}

/** A micro-tile that sticks out: computed aside, then copied or added. */
function ragged<T>(
  isFirst: bool,
  depth: i32,
  left: usize,
  right: usize,
  rows: i32,
  columns: i32,
  target: usize,
  line: usize,
): void {
  const width = <usize>microColumns<T>() * sizeof<T>();
  const aside = scratch() + ASIDE;
  microKernel<T>(false, depth, left, right, aside, width);
  for (let r = 0; r < rows; r++) {
    const from = aside + <usize>r * width;
    const to = target + <usize>r * line;
    for (let q: usize = 0; q < <usize>columns * sizeof<T>(); q += sizeof<T>()) {
      store<T>(to + q, isFirst ? load<T>(from + q) : load<T>(to + q) + load<T>(from + q));
    }
  }
}

/** The terms of the samples themselves, as far as they have the feature. */
function addOwn<T>(job: SparseGradientsJob, begin: i32, end: i32, out: usize): void {
  const size = sizeof<T>();
  const line = <usize>job.count * size;
  for (let t = begin; t < end; t++) {
    const sample = load<i32>(job.centers + (<usize>t << 2)) - job.begin;
    if (sample < 0 || sample >= job.count) continue;
    const value = load<T>(job.values + <usize>t * size);
    let from = job.own + <usize>(sample + job.begin) * <usize>job.outputs * size;
    let to = out + <usize>sample * size;
    for (let c = 0; c < job.outputs; c++) {
      store<T>(to, load<T>(to) + value * load<T>(from));
      from += size;
      to += line;
    }
  }
}
