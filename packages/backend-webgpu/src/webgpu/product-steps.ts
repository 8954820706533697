import type { ProductTerms } from '@agop/core/engine';
import type { Block } from '../device/block.ts';
import { tile } from './product-shader.ts';
import type { Runtime, Span } from './runtime.ts';

/**
 * Multiplications of one dispatch: some tenths of a second on slow devices. Systems end work that takes
 * seconds.
 */
export const mostTerms = 2 ** 34;

/** Part of the device's memory as a matrix. */
export interface View {
  readonly block: Block;
  readonly begin: number;
  readonly rows: number;
  readonly columns: number;
}

/** out = alpha op(A) op(B) + beta out */
export interface Product {
  readonly a: View;
  readonly b: View;
  readonly out: View;
  readonly terms: ProductTerms;
}

/** A product whose operands can be bound. */
export interface ProductStep {
  readonly operands: { readonly a: Span; readonly b: Span; readonly out: Span };
  /** Of the result, and the number of terms. */
  readonly rows: number;
  readonly columns: number;
  readonly inner: number;
  /** Where it begins in the whole result. */
  readonly rowBegin: number;
  readonly columnBegin: number;
  readonly terms: ProductTerms;
  /** Matrices below each other, from 1. */
  readonly batches: number;
  /** Elements between rows, and between matrices below each other. */
  readonly strides: Readonly<Record<`${'a' | 'b' | 'out'}${'Stride' | 'Batch'}`, number>>;
}

/** Number of terms of each sum of a product. */
export function innerOf({ a, terms }: Product): number {
  return terms.transposeA ? a.rows : a.columns;
}

/**
 * A product in steps whose operands can be bound and whose work is not too much for one dispatch: in blocks
 * of rows, of columns where B is transposed, and of terms. Blocks begin at multiples of 64.
 *
 * @param isLower only what is not above the diagonal is needed
 */
export function* productSteps(runtime: Runtime, product: Product, isLower: boolean): Generator<ProductStep> {
  const { a, b, out, terms } = product;
  const { transposeA, transposeB } = terms;
  const inner = innerOf(product);
  const most = runtime.bindingElements;
  const together = Math.min(
    inner,
    transposeA ? inBlocks(most / a.columns, inner) : inner,
    transposeB ? inner : inBlocks(most / b.columns, inner),
  );
  const columns = transposeB ? inBlocks(most / b.columns, out.columns) : out.columns;
  const rows = inBlocks(
    Math.min(
      most / out.columns,
      transposeA ? out.rows : most / a.columns,
      Math.max(tile, mostTerms / (columns * together)),
    ),
    out.rows,
  );
  for (let k = 0; k < inner; k += together) {
    const count = Math.min(together, inner - k);
    for (let i = 0; i < out.rows; i += rows) {
      const down = Math.min(rows, out.rows - i);
      const needed = isLower ? Math.min(out.columns, i + down) : out.columns;
      for (let j = 0; j < needed; j += columns) {
        const across = Math.min(columns, needed - j);
        yield {
          operands: {
            a: transposeA ? corner(a, k, i, count) : corner(a, i, k, down),
            b: transposeB ? corner(b, j, k, across) : corner(b, k, j, count),
            out: corner(out, i, 0, down),
          },
          rows: down,
          columns: across,
          inner: count,
          rowBegin: i,
          columnBegin: j,
          terms: k === 0 ? terms : { ...terms, beta: 1 },
          batches: 1,
          strides: {
            aStride: a.columns,
            bStride: b.columns,
            outStride: out.columns,
            aBatch: 0,
            bBatch: 0,
            outBatch: 0,
          },
        };
      }
    }
  }
}

/** From an element to the end of so many rows. */
function corner({ block, begin, columns }: View, row: number, column: number, rows: number): Span {
  return { block, begin: begin + row * columns + column, count: rows * columns - column };
}

/** So many at most, in whole tiles where not all. */
function inBlocks(most: number, all: number): number {
  if (most >= all) return all;
  return Math.max(1, most >= tile ? Math.floor(most / tile) * tile : Math.floor(most));
}
