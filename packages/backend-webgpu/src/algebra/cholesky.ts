import { NotPositiveDefiniteError } from '@agop/core';
import type { Block } from '../device/block.ts';
import type { Shader } from '../shader/shader.ts';
import { type DeviceMatrix, type Runtime, rowSpan } from '../webgpu/runtime.ts';
import { factorBlock } from './factor-block.ts';
import { solvePanel } from './panel.ts';
import { powerOfTwo, type RowRange, rowRanges, rowsAtOnce } from './row-ranges.ts';
import { stripRows } from './strip.ts';
import { subtractProduct } from './subtract-product.ts';

/** Order of the diagonal blocks: what is left of the matrix is read and written once for each of them. */
const largestBlock = 512;

/**
 * The lower factor of A + ridge I in the place of A, right-looking, in two levels: diagonal blocks of 512
 * rows by one group of threads, in strips of 32 columns; the panel below by substitution, strip by strip;
 * what remains by products of tiles. Three kernels a block, all enqueued at once, and one read for the
 * outcome. Sums are in float32, at most 512 terms long before they are subtracted.
 *
 * Panels are solved by substitution rather than multiplied by the inverse of the block: the inverse would
 * cost digits where the block is ill-conditioned, as kernel matrices with a small ridge are.
 *
 * Source: Golub & Van Loan, Matrix Computations, 4th ed., section 4.2.
 *
 * @throws {NotPositiveDefiniteError} at the first pivot that is not positive and finite
 */
export async function cholesky(runtime: Runtime, a: DeviceMatrix, ridge: number): Promise<void> {
  const n = a.rows;
  if (n === 0) return;
  const outcome = runtime.allocate(2);
  let found: ReturnType<Runtime['download']>;
  try {
    runtime.upload(outcome, [0, 0], 'int32');
    enqueue(runtime, a, ridge, outcome);
    found = runtime.download(outcome, 2, 'int32');
  } finally {
    runtime.free(outcome);
  }
  const [left = 0, bits = 0] = await found;
  if (left === 0) return;
  const [value = Number.NaN] = new Float32Array(Int32Array.of(bits).buffer);
  throw new NotPositiveDefiniteError(n - left, value, n);
}

/** The diagonal block and the panel of a step once more, as rows of `stride` elements. */
interface Workspace {
  readonly diagonal: Block;
  readonly panel: Block;
  readonly stride: number;
}

function enqueue(runtime: Runtime, a: DeviceMatrix, ridge: number, outcome: Block): void {
  const n = a.rows;
  const most = rowsAtOnce(runtime, n);
  // A diagonal block and its rows are operands.
  const order = Math.min(largestBlock, powerOfTwo(most), powerOfTwo(Math.sqrt(runtime.bindingElements)));
  const stride = Math.min(order, n);
  runtime.withScratch(stride * stride, (diagonal) =>
    runtime.withScratch(Math.max(0, n - stride) * stride, (panel) => {
      const work: Workspace = { diagonal, panel, stride };
      for (let base = 0; base < n; base += stride) {
        const size = Math.min(stride, n - base);
        factor(runtime, a, { base, size, ridge, outcome, work });
        const ranges = rowRanges(base + size, n, Math.min(most, rowsAtOnce(runtime, stride)));
        for (const range of ranges) solve(runtime, a, { base, size, range, work });
        for (const [index, range] of ranges.entries()) {
          for (const across of ranges.slice(0, index + 1)) {
            update(runtime, a, { base, size, range, across, work });
          }
        }
      }
    }),
  );
  for (const range of rowRanges(0, n, most)) clear(runtime, a, range, stride);
}

interface Step {
  /** First row, and order, of the diagonal block. */
  readonly base: number;
  readonly size: number;
  readonly work: Workspace;
}

function factor(
  runtime: Runtime,
  a: DeviceMatrix,
  {
    base,
    size,
    ridge,
    outcome,
    work: { diagonal, stride },
  }: Step & { readonly ridge: number; readonly outcome: Block },
): void {
  runtime.dispatch(factorBlock, {
    operands: {
      a: rowSpan(a, base, size),
      d: { block: diagonal, begin: 0, count: size * stride },
      outcome: { block: outcome, begin: 0, count: 2 },
    },
    uniforms: { columns: a.columns, base, size, stride, order: a.rows, ridge },
    groups: 1,
    bytes: 4 * size * (2 * size + 1),
  });
}

/** The rows of a range in the panel. */
function panelSpan({ base, size, work }: Step, { begin, rows }: RowRange) {
  const { panel, stride } = work;
  return { block: panel, begin: (begin - base - size) * stride, count: rows * stride };
}

function solve(runtime: Runtime, a: DeviceMatrix, step: Step & { readonly range: RowRange }): void {
  const { base, size, range, work } = step;
  const { begin, rows } = range;
  runtime.dispatch(solvePanel, {
    operands: {
      a: rowSpan(a, begin, rows),
      d: { block: work.diagonal, begin: 0, count: size * work.stride },
      p: panelSpan(step, range),
    },
    uniforms: { columns: a.columns, base, size, stride: work.stride, rows },
    groups: Math.ceil(rows / stripRows),
    bytes: 4 * (3 * rows * size + (size * (size + 1)) / 2),
  });
}

function update(
  runtime: Runtime,
  a: DeviceMatrix,
  step: Step & { readonly range: RowRange; readonly across: RowRange },
): void {
  const { size, range, across, work } = step;
  const factorOf = (part: RowRange) => ({
    span: panelSpan(step, part),
    rowStep: work.stride,
    innerStep: 1,
  });
  subtractProduct(runtime, {
    target: rowSpan(a, range.begin, range.rows),
    targetColumns: a.columns,
    column: across.begin,
    columns: across.rows,
    rows: range.rows,
    inner: size,
    left: factorOf(range),
    right: factorOf(across),
    diagonal: range.begin - across.begin,
  });
}

/** Elements of a row that a group of threads looks at. */
const piece = 1024;

/** Zeros to the right of the diagonal blocks. */
function clear(runtime: Runtime, a: DeviceMatrix, { begin, rows }: RowRange, order: number): void {
  let entries = 0;
  for (let i = begin; i < begin + rows; i++) entries += Math.max(0, a.columns - firstCleared(i, order));
  if (entries === 0) return;
  const across = Math.ceil(a.columns / piece);
  runtime.dispatch(clearRight, {
    operands: { a: rowSpan(a, begin, rows) },
    uniforms: { columns: a.columns, across, order, begin },
    groups: rows * across,
    bytes: 4 * entries,
  });
}

function firstCleared(row: number, order: number): number {
  return (Math.floor(row / order) + 1) * order;
}

const clearRight: Shader = {
  key: 'clear right of blocks',
  operands: { a: { access: 'write' } },
  uniforms: { columns: 'u32', across: 'u32', order: 'u32', begin: 'u32' },
  threads: 256,
  body: () => `
  let i = group / u.across;
  let first = ((u.begin + i) / u.order + 1u) * u.order;
  let end = min(u.columns, (group % u.across + 1u) * ${piece}u);
  for (var j = group % u.across * ${piece}u + thread; j < end; j += 256u) {
    if (j >= first) { a[u.aAt + i * u.columns + j] = 0.0; }
  }`,
};
