import type { Block } from '../device/block.ts';
import { type DeviceMatrix, type Runtime, rowSpan, whole } from '../webgpu/runtime.ts';
import { inverseOrder, invertBlocks, stepShader } from './few-sides.ts';
import { solveSides } from './panel.ts';
import { powerOfTwo, rowRanges, rowsAtOnce } from './row-ranges.ts';
import { stripRows } from './strip.ts';
import { subtractProduct } from './subtract-product.ts';

/** Order of the blocks that are solved for one after the other. */
const largestBlock = 512;
/** Up to so many right-hand sides are solved for four at a time, by reading L; more of them are products. */
const fewSides = 16;

const steps = { forward: stepShader(false), backward: stepShader(true) } as const;
const sides = { forward: solveSides(false), backward: solveSides(true) } as const;

/**
 * B <- L⁻¹ B or L⁻ᵀ B, in blocks of 512 rows. Few right-hand sides take one kernel a block, at the speed at
 * which L is read, with the inverses of diagonal blocks of 64 rows: as stable as substitution while these
 * are well-conditioned. Many take two, substitution and a product. A column of B touches no other one, and
 * nothing above the diagonal is read.
 *
 * Source: Du Croz, Higham 1992, Stability of methods for matrix inversion, IMA J. Numer. Anal. 12.
 */
export function solveTriangular(
  runtime: Runtime,
  l: DeviceMatrix,
  b: DeviceMatrix,
  transposed: boolean,
): void {
  const [n, count] = [b.rows, b.columns];
  if (n === 0 || count === 0) return;
  // Two blocks of rows are seen at a time.
  const order = Math.min(largestBlock, powerOfTwo(Math.max(1, rowsAtOnce(runtime, n) / 2)));
  const isFew =
    count <= fewSides &&
    order >= inverseOrder &&
    n * Math.max(count, inverseOrder) <= runtime.bindingElements;
  if (isFew) solveForFew(runtime, l, b, transposed, order);
  else solveForMany(runtime, l, b, transposed);
}

function solveForFew(
  runtime: Runtime,
  l: DeviceMatrix,
  b: DeviceMatrix,
  transposed: boolean,
  order: number,
): void {
  const n = b.rows;
  runtime.withScratch(n * inverseOrder, (inverse) => {
    const most = Math.floor(rowsAtOnce(runtime, n) / inverseOrder) * inverseOrder;
    for (const { begin, rows } of rowRanges(0, n, most)) {
      runtime.dispatch(invertBlocks, {
        operands: {
          l: rowSpan(l, begin, rows),
          inverse: { block: inverse, begin: begin * inverseOrder, count: rows * inverseOrder },
        },
        uniforms: { columns: n, begin, rows },
        groups: Math.ceil(rows / inverseOrder),
        bytes: 4 * rows * (inverseOrder + 1),
      });
    }
    const system = { l, b, inverse };
    if (transposed) stepBackward(runtime, system, order);
    else stepForward(runtime, system, order, most);
  });
}

interface System {
  readonly l: DeviceMatrix;
  readonly b: DeviceMatrix;
  /** Of the diagonal blocks of 64 rows. */
  readonly inverse: Block;
}

/** From the first block to the last: what is known goes to all rows below. */
function stepForward(runtime: Runtime, system: System, order: number, most: number): void {
  const n = system.b.rows;
  for (let next = 0; next < n; next += order) {
    const end = Math.min(n, next + order);
    const solved = Math.max(0, next - order);
    // Before anything is known, the first block is alone.
    const lastRow = next === 0 ? end : n;
    for (const { begin, rows } of rowRanges(
      next,
      lastRow,
      Math.max(order, Math.floor(most / order) * order),
    )) {
      const isFirst = begin === next;
      step(runtime, system, false, {
        origin: begin,
        rows,
        next: isFirst ? next : 0,
        end: isFirst ? end : 0,
        solved,
        solvedEnd: next,
        waiting: isFirst ? end : begin,
        waitingEnd: begin + rows,
      });
    }
  }
}

/** From the last block to the first: what is known goes to all rows above. */
function stepBackward(runtime: Runtime, system: System, order: number): void {
  const n = system.b.rows;
  for (let next = Math.floor((n - 1) / order) * order; next >= 0; next -= order) {
    const end = Math.min(n, next + order);
    const solvedEnd = Math.min(n, end + order);
    step(runtime, system, true, {
      origin: next,
      rows: solvedEnd - next,
      next,
      end,
      solved: end,
      solvedEnd,
      waiting: 0,
      waitingEnd: end === n ? 0 : next,
    });
  }
}

interface Step {
  /** First row of L that is bound, and how many are. */
  readonly origin: number;
  readonly rows: number;
  readonly next: number;
  readonly end: number;
  readonly solved: number;
  readonly solvedEnd: number;
  readonly waiting: number;
  readonly waitingEnd: number;
}

function step(runtime: Runtime, { l, b, inverse }: System, transposed: boolean, step: Step): void {
  const { origin, rows, next, end, solved, solvedEnd, waiting, waitingEnd } = step;
  const waitingRows = Math.max(0, waitingEnd - waiting);
  const strips = Math.ceil(waitingRows / 64) + (end > next ? 1 : 0);
  const size = end - next;
  // Of L: what waits for what is known, and the next block's own triangle; of the inverses as much; of B all.
  const entries = (waitingRows + size) * (solvedEnd - solved) + (size * (size + 1)) / 2;
  const { columns } = b;
  runtime.dispatch(transposed ? steps.backward : steps.forward, {
    operands: {
      l: rowSpan(l, origin, rows),
      inverse: { block: inverse, begin: 0, count: b.rows * inverseOrder },
      b: whole(b),
    },
    uniforms: {
      columns: l.columns,
      sides: columns,
      origin,
      next,
      end,
      solved,
      solvedEnd,
      waiting,
      waitingEnd,
      strips,
    },
    groups: strips * Math.ceil(columns / 4),
    bytes: 4 * (entries + (2 * (waitingRows + size) + solvedEnd - solved) * columns),
  });
}

/** Block after block: its unknowns, then their product subtracted from the rows that wait. */
function solveForMany(runtime: Runtime, l: DeviceMatrix, b: DeviceMatrix, transposed: boolean): void {
  const [n, count] = [b.rows, b.columns];
  const most = Math.min(rowsAtOnce(runtime, n), rowsAtOnce(runtime, count));
  const order = Math.min(largestBlock, powerOfTwo(most));
  const blocks = Math.ceil(n / order);
  runtime.withScratch(Math.min(order, n) * count, (block) => {
    for (let step = 0; step < blocks; step++) {
      const base = (transposed ? blocks - 1 - step : step) * order;
      const size = Math.min(order, n - base);
      const solved = { block, begin: 0, count: size * count };
      runtime.dispatch(transposed ? sides.backward : sides.forward, {
        operands: { lower_: rowSpan(l, base, size), b: rowSpan(b, base, size), solved },
        uniforms: { columns: n, base, size, sides: count },
        groups: Math.ceil(count / stripRows),
        bytes: 4 * (3 * size * count + (size * (size + 1)) / 2),
      });
      const waiting = transposed ? rowRanges(0, base, most) : rowRanges(base + size, n, most);
      for (const { begin, rows } of waiting) {
        subtractProduct(runtime, {
          target: rowSpan(b, begin, rows),
          targetColumns: count,
          column: 0,
          columns: count,
          rows,
          inner: size,
          left: transposed
            ? { span: belowOf(l, base, size, begin), rowStep: 1, innerStep: n }
            : { span: besideOf(l, begin, rows, base), rowStep: n, innerStep: 1 },
          right: { span: solved, rowStep: 1, innerStep: count },
        });
      }
    }
  });
}

/** L's rows of a block, from a column on. */
function belowOf(l: DeviceMatrix, base: number, size: number, column: number) {
  return { block: l.buffer, begin: base * l.columns + column, count: size * l.columns - column };
}

/** Rows of L, from a block's first column on. */
function besideOf(l: DeviceMatrix, begin: number, rows: number, column: number) {
  return { block: l.buffer, begin: begin * l.columns + column, count: rows * l.columns - column };
}
