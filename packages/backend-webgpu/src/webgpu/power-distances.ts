import { elementaryCode } from '../shader/elementary.ts';
import type { Shader } from '../shader/shader.ts';
import { fill } from './make.ts';
import { partsShader } from './product-shader.ts';
import { productSteps } from './product-steps.ts';
import { viewOf } from './products.ts';
import { type DeviceMatrix, type Runtime, sizeOf } from './runtime.ts';

const tile = 32;
/** With fewer tiles than this the points are shared among groups as well. */
const wantedGroups = 128;

/** out_ij = Σ_k |x_ik − z_jk|^p */
export function powerDistances(
  runtime: Runtime,
  x: DeviceMatrix,
  z: DeviceMatrix,
  p: number,
  out: DeviceMatrix,
): void {
  if (sizeOf(out) === 0) return;
  if (x.columns === 0) {
    fill(runtime, out, 0);
    return;
  }
  const terms = { transposeA: false, transposeB: true, alpha: 1, beta: 0 };
  const product = { a: viewOf(x), b: viewOf(z), out: viewOf(out), terms };
  for (const { operands, rows, columns, inner, columnBegin } of productSteps(runtime, product, false)) {
    runtime.dispatch(distanceShader(p), {
      operands: { x: operands.a, z: operands.b, out: operands.out },
      uniforms: { rows, columns, inner, outStride: out.columns, columnBegin, exponent: p },
      groups: Math.ceil(rows / tile) * Math.ceil(columns / tile),
    });
  }
}

/**
 * out_ik = Σ_j w_ij |x_ik − z_jk|^(p−1) sign(x_ik − z_jk). Where there are few results the points z are
 * shared among groups, whose sums are added in their order.
 */
export function powerDistanceGradients(
  runtime: Runtime,
  weights: DeviceMatrix,
  x: DeviceMatrix,
  z: DeviceMatrix,
  p: number,
  out: DeviceMatrix,
): void {
  if (sizeOf(out) === 0) return;
  if (z.rows === 0) {
    fill(runtime, out, 0);
    return;
  }
  const d = x.columns;
  const terms = { transposeA: false, transposeB: false, alpha: 1, beta: 0 };
  // Of the shape of a product of weights and points.
  const product = { a: viewOf(weights), b: viewOf(z), out: viewOf(out), terms };
  for (const { operands, rows, inner, rowBegin, terms: of } of productSteps(runtime, product, false)) {
    const tiles = Math.ceil(rows / tile) * Math.ceil(d / tile);
    const most = Math.min(Math.ceil(wantedGroups / tiles), Math.ceil(inner / (4 * tile)));
    const each = Math.ceil(inner / most / tile) * tile;
    const parts = Math.ceil(inner / each);
    const count = parts * rows * d;
    runtime.withScratch(count, (block) => {
      const sums = { block, begin: 0, count };
      runtime.dispatch(gradientShader(p - 1), {
        operands: {
          weights: operands.a,
          x: { block: x.buffer, begin: rowBegin * d, count: rows * d },
          z: operands.b,
          out: sums,
        },
        uniforms: { rows, d, inner, weightStride: weights.columns, each, parts, exponent: p - 1 },
        groups: tiles * parts,
      });
      runtime.dispatch(partsShader({ isAdded: of.beta !== 0 }), {
        operands: { sums, out: operands.out },
        uniforms: { rows, columns: d, batches: 1, parts, outStride: d, outBatch: 0, alpha: 1, beta: of.beta },
        groups: Math.ceil((rows * d) / 256),
      });
    });
  }
}

/** Function `power(d)`, d^exponent for d from 0. */
function powerCode(exponent: number): string {
  const simple: Readonly<Record<string, string>> = {
    0: '1.0',
    0.5: 'sqrt(d)',
    1: 'd',
    1.5: 'd * sqrt(d)',
    2: 'd * d',
    3: 'd * d * d',
  };
  const body = simple[exponent] ?? 'powerOf(d, u.exponent)';
  return `${elementaryCode(['absOf', 'isNaN', 'powerOf'])}
fn power(d: f32) -> f32 { return ${body}; }`;
}

/** Which of these an exponent needs. */
function powerName(exponent: number): string {
  return [0, 0.5, 1, 1.5, 2, 3].includes(exponent) ? `${exponent}` : 'any';
}

const four = [0, 1, 2, 3] as const;

function distanceShader(exponent: number): Shader {
  return {
    key: `power distances ${powerName(exponent)}`,
    operands: { x: { access: 'read' }, z: { access: 'read' }, out: { access: 'write' } },
    uniforms: {
      rows: 'u32',
      columns: 'u32',
      inner: 'u32',
      outStride: 'u32',
      columnBegin: 'u32',
      exponent: 'f32',
    },
    threads: 256,
    declarations: () => `${powerCode(exponent)}
var<workgroup> left: array<f32, ${tile * (tile + 1)}>;
var<workgroup> right: array<f32, ${tile * (tile + 1)}>;`,
    body: () => `  let across = (u.columns + ${tile - 1}u) / ${tile}u;
  let i0 = group / across * ${tile}u;
  let j0 = group % across * ${tile}u;
  let tx = thread % ${tile}u;
  let ty = thread / ${tile}u;
${four.map((r) => `  var s${r} = 0.0;`).join('\n')}
  for (var k0 = 0u; k0 < u.inner; k0 += ${tile}u) {
    for (var line = ty; line < ${tile}u; line += 8u) {
      let isInside = k0 + tx < u.inner;
      var a = 0.0;
      var b = 0.0;
      if (isInside && i0 + line < u.rows) { a = x[u.xAt + (i0 + line) * u.inner + k0 + tx]; }
      if (isInside && j0 + line < u.columns) { b = z[u.zAt + (j0 + line) * u.inner + k0 + tx]; }
      left[line * ${tile + 1}u + tx] = a;
      right[line * ${tile + 1}u + tx] = b;
    }
    workgroupBarrier();
    for (var k = 0u; k < min(${tile}u, u.inner - k0); k++) {
      let b = right[tx * ${tile + 1}u + k];
${four.map((r) => `      s${r} += power(absOf(left[(ty + ${8 * r}u) * ${tile + 1}u + k] - b));`).join('\n')}
    }
    workgroupBarrier();
  }
  let j = j0 + tx;
${four
  .map(
    (r) =>
      `  if (i0 + ty + ${8 * r}u < u.rows && j < u.columns) { out[u.outAt + (i0 + ty + ${8 * r}u) * u.outStride + u.columnBegin + j] = s${r}; }`,
  )
  .join('\n')}`,
  };
}

function gradientShader(exponent: number): Shader {
  return {
    key: `power gradients ${powerName(exponent)}`,
    operands: {
      weights: { access: 'read' },
      x: { access: 'read' },
      z: { access: 'read' },
      out: { access: 'write' },
    },
    uniforms: {
      rows: 'u32',
      d: 'u32',
      inner: 'u32',
      weightStride: 'u32',
      each: 'u32',
      parts: 'u32',
      exponent: 'f32',
    },
    threads: 256,
    declarations: () => `${powerCode(exponent)}
// A difference of 0 contributes nothing, whatever the weight.
fn termOf(weight: f32, difference: f32) -> f32 {
  let size = power(absOf(difference));
  let slope = select(select(size, -size, difference < 0.0), difference, isNaN(difference));
  return select(weight * slope, 0.0, (bitcast<u32>(difference) & 0x7fffffffu) == 0u);
}
var<workgroup> points: array<f32, ${tile * (tile + 1)}>;
var<workgroup> shares: array<f32, ${tile * (tile + 1)}>;`,
    body: () => `  let part = group % u.parts;
  let across = (u.d + ${tile - 1}u) / ${tile}u;
  let i0 = group / u.parts / across * ${tile}u;
  let tx = thread % ${tile}u;
  let ty = thread / ${tile}u;
  let k = group / u.parts % across * ${tile}u + tx;
  let end = min(u.inner, (part + 1u) * u.each);
${four
  .map(
    (r) => `  var s${r} = 0.0;
  var x${r} = 0.0;
  if (i0 + ty + ${8 * r}u < u.rows && k < u.d) { x${r} = x[u.xAt + (i0 + ty + ${8 * r}u) * u.d + k]; }`,
  )
  .join('\n')}
  for (var j0 = part * u.each; j0 < end; j0 += ${tile}u) {
    for (var line = ty; line < ${tile}u; line += 8u) {
      var point = 0.0;
      var share = 0.0;
      if (j0 + line < end && k < u.d) { point = z[u.zAt + (j0 + line) * u.d + k]; }
      if (i0 + line < u.rows && j0 + tx < end) {
        share = weights[u.weightsAt + (i0 + line) * u.weightStride + j0 + tx];
      }
      points[line * ${tile + 1}u + tx] = point;
      shares[line * ${tile + 1}u + tx] = share;
    }
    workgroupBarrier();
    for (var j = 0u; j < min(${tile}u, end - j0); j++) {
      let point = points[j * ${tile + 1}u + tx];
${four.map((r) => `      s${r} += termOf(shares[(ty + ${8 * r}u) * ${tile + 1}u + j], x${r} - point);`).join('\n')}
    }
    workgroupBarrier();
  }
${four
  .map(
    (r) =>
      `  if (i0 + ty + ${8 * r}u < u.rows && k < u.d) { out[u.outAt + (part * u.rows + i0 + ty + ${8 * r}u) * u.d + k] = s${r}; }`,
  )
  .join('\n')}`,
  };
}
