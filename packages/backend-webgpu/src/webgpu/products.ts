import type { GramTerms, ProductTerms } from '@agop/core/engine';
import type { Shader } from '../shader/shader.ts';
import { narrowShader, type ProductKind, partsShader, productShader, tile } from './product-shader.ts';
import {
  innerOf,
  mostTerms,
  type Product,
  type ProductStep,
  productSteps,
  type View,
} from './product-steps.ts';
import { type DeviceMatrix, type Dispatch, type Runtime, type Span, sizeOf } from './runtime.ts';
import { mirror, scale } from './triangles.ts';

/** With fewer groups than this the terms are shared among groups as well. */
const wantedGroups = 128;
/** Least terms of a part. */
const leastTerms = 512;
/** Most columns of a product that is computed row by row. */
const narrowColumns = 4;

/** out = alpha op(A) op(B) + beta out */
export function matmul(
  runtime: Runtime,
  a: DeviceMatrix,
  b: DeviceMatrix,
  terms: ProductTerms,
  out: DeviceMatrix,
): void {
  multiply(runtime, { a: viewOf(a), b: viewOf(b), out: viewOf(out), terms });
}

/** As {@link matmul} for matrices below each other: as many of them in a dispatch as can be bound. */
export function matmulBatches(
  runtime: Runtime,
  a: DeviceMatrix,
  b: DeviceMatrix,
  batches: number,
  terms: ProductTerms,
  out: DeviceMatrix,
): void {
  if (sizeOf(out) === 0) return;
  const viewAt = (matrix: DeviceMatrix, batch: number): View => {
    const rows = matrix.rows / batches;
    return { ...viewOf(matrix), rows, begin: batch * rows * matrix.columns };
  };
  const productAt = (batch: number): Product => {
    return { a: viewAt(a, batch), b: viewAt(b, batch), out: viewAt(out, batch), terms };
  };
  const inner = innerOf(productAt(0));
  const largest = Math.max(...[a, b, out].map((matrix) => sizeOf(matrix) / batches));
  const work = (sizeOf(out) / batches) * inner;
  const together = Math.floor(Math.min(runtime.bindingElements / largest, mostTerms / work));
  if (together < 2 || inner === 0) {
    for (let batch = 0; batch < batches; batch++) multiply(runtime, productAt(batch));
    return;
  }
  for (let batch = 0; batch < batches; batch += together) {
    const product = productAt(batch);
    const count = Math.min(together, batches - batch);
    // All of a batch can be bound, and so it is one step.
    for (const step of productSteps(runtime, product, false)) {
      tiled(runtime, repeated(step, product, count), kindOf(terms));
    }
  }
}

/** out = alpha A Aᵀ (or Aᵀ A) + beta out: the tiles up to the diagonal, mirrored. */
export function gram(
  runtime: Runtime,
  a: DeviceMatrix,
  { transpose, alpha, beta }: GramTerms,
  out: DeviceMatrix,
): void {
  const terms = { transposeA: transpose, transposeB: !transpose, alpha, beta };
  multiply(runtime, { a: viewOf(a), b: viewOf(a), out: viewOf(out), terms }, true);
  mirror(runtime, out);
}

/** The product of parts of matrices. With `isLower` what is above the diagonal is undefined. */
export function multiply(runtime: Runtime, product: Product, isLower = false): void {
  const { a, b, out, terms } = product;
  const size = out.rows * out.columns;
  if (size === 0) return;
  const inner = innerOf(product);
  if (inner === 0) {
    scale(runtime, { block: out.block, begin: out.begin, count: size }, terms.beta);
    return;
  }
  if (out.rows === 1 && out.columns > narrowColumns) {
    // A row is a column in memory: outᵀ = op(B)ᵀ op(A)ᵀ.
    multiply(runtime, {
      a: b,
      b: { ...a, rows: inner, columns: 1 },
      out: { ...out, rows: out.columns, columns: 1 },
      terms: { ...terms, transposeA: !terms.transposeB, transposeB: false },
    });
    return;
  }
  for (const step of productSteps(runtime, product, isLower)) {
    const kind = { ...kindOf(step.terms), isLower };
    if (out.columns <= narrowColumns) narrow(runtime, step, kind);
    else tiled(runtime, step, kind);
  }
}

export function viewOf({ buffer, rows, columns }: DeviceMatrix): View {
  return { block: buffer, begin: 0, rows, columns };
}

function kindOf({ transposeA, transposeB, beta }: ProductTerms): ProductKind {
  return { transposeA, transposeB, isLower: false, isAdded: beta !== 0 };
}

/** A step for matrices below each other. */
function repeated(step: ProductStep, { a, b, out }: Product, batches: number): ProductStep {
  const sizes = { a: a.rows * a.columns, b: b.rows * b.columns, out: out.rows * out.columns };
  const { operands } = step;
  const wider = (name: 'a' | 'b' | 'out'): Span => ({
    ...operands[name],
    count: operands[name].count + (batches - 1) * sizes[name],
  });
  return {
    ...step,
    operands: { a: wider('a'), b: wider('b'), out: wider('out') },
    batches,
    strides: { ...step.strides, aBatch: sizes.a, bBatch: sizes.b, outBatch: sizes.out },
  };
}

/** What the expression at the end of a product is bound to. */
export type ExpressionBinding = Pick<Dispatch, 'operands' | 'uniforms'>;

const nothing: ExpressionBinding = { operands: {}, uniforms: {} };

/** A step in tiles of 64 x 64. */
export function tiled(runtime: Runtime, step: ProductStep, kind: ProductKind, bound = nothing): void {
  const [tilesDown, tilesAcross] = [Math.ceil(step.rows / tile), Math.ceil(step.columns / tile)];
  const groups = tilesDown * tilesAcross * step.batches;
  launch(runtime, step, kind, bound, { groups, uniforms: { tilesDown, tilesAcross }, shader: productShader });
}

/** A step of few columns. */
function narrow(runtime: Runtime, step: ProductStep, kind: ProductKind): void {
  const groups = Math.ceil(step.rows / (kind.transposeA ? 64 : 4));
  const shader = (one: ProductKind): Shader => narrowShader(one, step.columns);
  launch(runtime, step, kind, nothing, { groups, uniforms: {}, shader });
}

interface LaunchPlan {
  /** Where the terms are not shared among groups. */
  readonly groups: number;
  readonly uniforms: Readonly<Record<string, number>>;
  readonly shader: (kind: ProductKind) => Shader;
}

/** At once; or in parts of the terms, whose sums lie beside each other and are then added in their order. */
function launch(
  runtime: Runtime,
  step: ProductStep,
  kind: ProductKind,
  bound: ExpressionBinding,
  plan: LaunchPlan,
): void {
  const { rows, columns, inner, batches, strides, rowBegin, columnBegin, terms } = step;
  const { a, b, out } = step.operands;
  const most = Math.min(Math.ceil(wantedGroups / plan.groups), Math.ceil(inner / leastTerms));
  const partLength = Math.ceil(inner / Math.max(1, most) / 16) * 16;
  const parts = Math.ceil(inner / partLength);
  const sizes = { rows, columns, inner, ...strides, rowBegin, parts, partLength, ...plan.uniforms };
  const ending = { ...bound.uniforms, columnBegin, alpha: terms.alpha, beta: terms.beta };
  const groups = plan.groups * parts;
  if (parts === 1) {
    runtime.dispatch(plan.shader(kind), {
      operands: { a, b, ...bound.operands, out },
      uniforms: { ...sizes, ...ending },
      groups,
    });
    return;
  }
  const size = rows * columns;
  const count = size * batches * parts;
  runtime.withScratch(count, (block) => {
    const sums = { block, begin: 0, count };
    const { transposeA, transposeB } = kind;
    runtime.dispatch(plan.shader({ transposeA, transposeB, isLower: false, isAdded: false }), {
      operands: { a, b, out: sums },
      uniforms: { ...sizes, outStride: columns, outBatch: size, columnBegin: 0, alpha: 1, beta: 0 },
      groups,
    });
    runtime.dispatch(partsShader(kind), {
      operands: { sums, ...bound.operands, out },
      uniforms: { rows, columns, batches, parts, ...strides, ...ending },
      groups: Math.ceil((size * batches) / 256),
    });
  });
}
