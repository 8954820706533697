// What the module exports: every kernel once per element type.

import { batchFits, gemmBatches } from './batches';
import { cholesky } from './cholesky';
import { gemm } from './gemm';
import { instruction } from './generated/operations';
import { powerDistanceGradients, powerDistances } from './power-distance';
import { map } from './program';
import { cast, copyStrided, fill, fillStrided } from './rearrange';
import { prepareRecursion, runRecursion } from './recursion';
import { argmaxColumns, argmaxRows, reduceAll, reduceColumns, reduceRows } from './reduce';
import { transpose } from './transpose';
import { solveLower, solveLowerTransposed } from './triangular';
import { windowSums } from './windows';

export { copyRows, gather, patches } from './rearrange';
export { recursionFields, setUpRecursion } from './recursion';
export { quit, serve } from './threads';

export function gemm_f32(
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
  gemm<f32>(m, n, k, alpha, a, rowA, columnA, b, rowB, columnB, beta, c, strideC, part, program);
}

export function gemm_f64(
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
  gemm<f64>(m, n, k, alpha, a, rowA, columnA, b, rowB, columnB, beta, c, strideC, part, program);
}

export function cholesky_f32(n: i32, a: usize, ridge: f64): i32 {
  return cholesky<f32>(n, a, ridge);
}

export function cholesky_f64(n: i32, a: usize, ridge: f64): i32 {
  return cholesky<f64>(n, a, ridge);
}

export function solveLower_f32(
  n: i32,
  m: i32,
  l: usize,
  rowL: i32,
  columnL: i32,
  b: usize,
  rowB: i32,
  columnB: i32,
): void {
  solveLower<f32>(n, m, l, rowL, columnL, b, rowB, columnB);
}

export function solveLower_f64(
  n: i32,
  m: i32,
  l: usize,
  rowL: i32,
  columnL: i32,
  b: usize,
  rowB: i32,
  columnB: i32,
): void {
  solveLower<f64>(n, m, l, rowL, columnL, b, rowB, columnB);
}

export function solveLowerTransposed_f32(
  n: i32,
  m: i32,
  l: usize,
  rowL: i32,
  columnL: i32,
  b: usize,
  rowB: i32,
  columnB: i32,
): void {
  solveLowerTransposed<f32>(n, m, l, rowL, columnL, b, rowB, columnB);
}

export function solveLowerTransposed_f64(
  n: i32,
  m: i32,
  l: usize,
  rowL: i32,
  columnL: i32,
  b: usize,
  rowB: i32,
  columnB: i32,
): void {
  solveLowerTransposed<f64>(n, m, l, rowL, columnL, b, rowB, columnB);
}

export function map_f32(program: usize, rows: i32, columns: i32, target: usize, cost: f64): void {
  map<f32>(program, rows, columns, target, cost);
}

export function map_f64(program: usize, rows: i32, columns: i32, target: usize, cost: f64): void {
  map<f64>(program, rows, columns, target, cost);
}

export function instruction_f32(number: i32): i32 {
  return instruction<f32>(number);
}

export function instruction_f64(number: i32): i32 {
  return instruction<f64>(number);
}

export function transpose_f32(source: usize, rows: i32, columns: i32, target: usize): void {
  transpose<f32>(source, rows, columns, target);
}

export function transpose_f64(source: usize, rows: i32, columns: i32, target: usize): void {
  transpose<f64>(source, rows, columns, target);
}

export function transpose_i32(source: usize, rows: i32, columns: i32, target: usize): void {
  transpose<i32>(source, rows, columns, target);
}

export function reduceAll_f32(operation: i32, a: usize, n: i32, factor: f64, post: i32, target: usize): void {
  reduceAll<f32>(operation, a, n, factor, post, target);
}

export function reduceAll_f64(operation: i32, a: usize, n: i32, factor: f64, post: i32, target: usize): void {
  reduceAll<f64>(operation, a, n, factor, post, target);
}

export function reduceRows_f32(
  operation: i32,
  a: usize,
  rows: i32,
  columns: i32,
  factor: f64,
  post: i32,
  target: usize,
): void {
  reduceRows<f32>(operation, a, rows, columns, factor, post, target);
}

export function reduceRows_f64(
  operation: i32,
  a: usize,
  rows: i32,
  columns: i32,
  factor: f64,
  post: i32,
  target: usize,
): void {
  reduceRows<f64>(operation, a, rows, columns, factor, post, target);
}

export function reduceColumns_f32(
  operation: i32,
  a: usize,
  rows: i32,
  columns: i32,
  factor: f64,
  post: i32,
  target: usize,
): void {
  reduceColumns<f32>(operation, a, rows, columns, factor, post, target);
}

export function reduceColumns_f64(
  operation: i32,
  a: usize,
  rows: i32,
  columns: i32,
  factor: f64,
  post: i32,
  target: usize,
): void {
  reduceColumns<f64>(operation, a, rows, columns, factor, post, target);
}

export function argmaxRows_f32(a: usize, rows: i32, columns: i32, target: usize): void {
  argmaxRows<f32>(a, rows, columns, target);
}

export function argmaxRows_f64(a: usize, rows: i32, columns: i32, target: usize): void {
  argmaxRows<f64>(a, rows, columns, target);
}

export function argmaxColumns_f32(a: usize, rows: i32, columns: i32, target: usize): void {
  argmaxColumns<f32>(a, rows, columns, target);
}

export function argmaxColumns_f64(a: usize, rows: i32, columns: i32, target: usize): void {
  argmaxColumns<f64>(a, rows, columns, target);
}

export function fill_f32(target: usize, n: i32, value: f64): void {
  fill<f32>(target, n, value);
}

export function fill_f64(target: usize, n: i32, value: f64): void {
  fill<f64>(target, n, value);
}

export function fill_i32(target: usize, n: i32, value: f64): void {
  fill<i32>(target, n, value);
}

export function copyStrided_f32(
  source: usize,
  sourceStep: usize,
  target: usize,
  targetStep: usize,
  n: i32,
): void {
  copyStrided<f32>(source, sourceStep, target, targetStep, n);
}

export function copyStrided_f64(
  source: usize,
  sourceStep: usize,
  target: usize,
  targetStep: usize,
  n: i32,
): void {
  copyStrided<f64>(source, sourceStep, target, targetStep, n);
}

export function copyStrided_i32(
  source: usize,
  sourceStep: usize,
  target: usize,
  targetStep: usize,
  n: i32,
): void {
  copyStrided<i32>(source, sourceStep, target, targetStep, n);
}

export function fillStrided_f32(target: usize, step: usize, n: i32, value: f64): void {
  fillStrided<f32>(target, step, n, value);
}

export function fillStrided_f64(target: usize, step: usize, n: i32, value: f64): void {
  fillStrided<f64>(target, step, n, value);
}

export function powerDistances_f32(x: usize, n: i32, z: usize, m: i32, d: i32, p: f64, out: usize): void {
  powerDistances<f32>(x, n, z, m, d, p, out);
}

export function powerDistances_f64(x: usize, n: i32, z: usize, m: i32, d: i32, p: f64, out: usize): void {
  powerDistances<f64>(x, n, z, m, d, p, out);
}

export function powerDistanceGradients_f32(
  weights: usize,
  x: usize,
  n: i32,
  z: usize,
  m: i32,
  d: i32,
  p: f64,
  out: usize,
): void {
  powerDistanceGradients<f32>(weights, x, n, z, m, d, p, out);
}

export function powerDistanceGradients_f64(
  weights: usize,
  x: usize,
  n: i32,
  z: usize,
  m: i32,
  d: i32,
  p: f64,
  out: usize,
): void {
  powerDistanceGradients<f64>(weights, x, n, z, m, d, p, out);
}

export function cast_f32_f64(source: usize, n: i32, target: usize): void {
  cast<f32, f64>(source, n, target);
}

export function cast_f32_i32(source: usize, n: i32, target: usize): void {
  cast<f32, i32>(source, n, target);
}

export function cast_f64_f32(source: usize, n: i32, target: usize): void {
  cast<f64, f32>(source, n, target);
}

export function cast_f64_i32(source: usize, n: i32, target: usize): void {
  cast<f64, i32>(source, n, target);
}

export function cast_i32_f32(source: usize, n: i32, target: usize): void {
  cast<i32, f32>(source, n, target);
}

export function cast_i32_f64(source: usize, n: i32, target: usize): void {
  cast<i32, f64>(source, n, target);
}

export { eigh, eighWords } from './eigh/eigh';

export function batchFits_f32(m: i32, n: i32, k: i32): bool {
  return batchFits<f32>(m, n, k);
}

export function gemmBatches_f32(
  batches: i32,
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
): void {
  gemmBatches<f32>(batches, m, n, k, alpha, a, rowA, columnA, b, rowB, columnB, beta, c);
}

export function windowSums_f32(
  source: usize,
  height: i32,
  width: i32,
  inner: i32,
  size: i32,
  padding: i32,
  outHeight: i32,
  outWidth: i32,
  target: usize,
): void {
  windowSums<f32>(source, height, width, inner, size, padding, outHeight, outWidth, target);
}

export function batchFits_f64(m: i32, n: i32, k: i32): bool {
  return batchFits<f64>(m, n, k);
}

export function gemmBatches_f64(
  batches: i32,
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
): void {
  gemmBatches<f64>(batches, m, n, k, alpha, a, rowA, columnA, b, rowB, columnB, beta, c);
}

export function windowSums_f64(
  source: usize,
  height: i32,
  width: i32,
  inner: i32,
  size: i32,
  padding: i32,
  outHeight: i32,
  outWidth: i32,
  target: usize,
): void {
  windowSums<f64>(source, height, width, inner, size, padding, outHeight, outWidth, target);
}

export function prepareRecursion_f32(source: usize, count: i32, target: usize, scaled: i32): void {
  prepareRecursion<f32>(source, count, target, scaled);
}

export function runRecursion_f32(): void {
  runRecursion<f32>();
}

export function prepareRecursion_f64(source: usize, count: i32, target: usize, scaled: i32): void {
  prepareRecursion<f64>(source, count, target, scaled);
}

export function runRecursion_f64(): void {
  runRecursion<f64>();
}

export { isFused } from './fused';
