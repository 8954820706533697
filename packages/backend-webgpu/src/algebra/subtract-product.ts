import type { Shader } from '../shader/shader.ts';
import type { Runtime, Span } from '../webgpu/runtime.ts';

/** Rows and columns of a tile, which one group of threads works on. */
const tile = 64;

/** A factor: its elements, and how far apart rows and columns of the product's operand are in them. */
export interface Factor {
  readonly span: Span;
  readonly rowStep: number;
  readonly innerStep: number;
}

export interface SubtractedProduct {
  /** Rows of the matrix from which the product is subtracted. */
  readonly target: Span;
  readonly targetColumns: number;
  /** First column, how many, and how many rows. */
  readonly column: number;
  readonly columns: number;
  readonly rows: number;
  readonly inner: number;
  /** Row i of the product is row i of this. */
  readonly left: Factor;
  /** Column j of the product is row j of this. */
  readonly right: Factor;
  /**
   * Only what stands on or below a diagonal: that of the target where column j of the product meets row
   * j - `diagonal`. Left out where all is wanted.
   */
  readonly diagonal?: number;
}

/** target -= left rightᵀ, in tiles of 64 x 64; sums over `inner` in float32. */
export function subtractProduct(runtime: Runtime, product: SubtractedProduct): void {
  const { target, targetColumns, column, columns, rows, inner, left, right, diagonal } = product;
  const across = Math.ceil(columns / tile);
  const entries = diagonal === undefined ? rows * columns : entriesBelow(rows, columns, diagonal);
  runtime.dispatch(diagonal === undefined ? all : lower, {
    operands: { target_: target, left: left.span, right: right.span },
    uniforms: {
      targetColumns,
      column,
      columns,
      rows,
      inner,
      leftRow: left.rowStep,
      leftInner: left.innerStep,
      rightRow: right.rowStep,
      rightInner: right.innerStep,
      across,
      diagonal: diagonal ?? 0,
    },
    groups: Math.ceil(rows / tile) * across,
    bytes: 4 * (2 * entries + (rows + columns) * inner),
  });
}

/** Entries (i, j) with j <= i + diagonal. */
function entriesBelow(rows: number, columns: number, diagonal: number): number {
  let entries = 0;
  for (let i = 0; i < rows; i++) entries += Math.max(0, Math.min(columns, i + diagonal + 1));
  return entries;
}

const all = shader(false);
const lower = shader(true);

function shader(isLower: boolean): Shader {
  return {
    key: `subtract product${isLower ? ' below the diagonal' : ''}`,
    operands: { target_: { access: 'update' }, left: { access: 'read' }, right: { access: 'read' } },
    uniforms: {
      targetColumns: 'u32',
      column: 'u32',
      columns: 'u32',
      rows: 'u32',
      inner: 'u32',
      leftRow: 'u32',
      leftInner: 'u32',
      rightRow: 'u32',
      rightInner: 'u32',
      across: 'u32',
      diagonal: 'u32',
    },
    threads: 256,
    declarations: () => `
var<workgroup> leftTile: array<f32, ${16 * 68}>;
var<workgroup> rightTile: array<f32, ${16 * 68}>;
fn row(i: u32, s: vec4f, from_: u32, thread: u32) {
  if (i >= u.rows) { return; }
  for (var c = 0u; c < 4u; c++) {
    let j = from_ + thread % 16u + 16u * c;
    if (j < u.columns${isLower ? ' && j <= i + u.diagonal' : ''}) {
      target_[u.target_At + i * u.targetColumns + u.column + j] -= s[c];
    }
  }
}`,
    body: () => `
  let row0 = group / u.across * ${tile}u;
  let column0 = group % u.across * ${tile}u;
  ${isLower ? `if (column0 > row0 + ${tile - 1}u + u.diagonal) { return; }` : ''}
  var s0 = vec4f(); var s1 = vec4f(); var s2 = vec4f(); var s3 = vec4f();
  for (var k0 = 0u; k0 < u.inner; k0 += 16u) {
    for (var e = thread; e < 1024u; e += 256u) {
      let r = e / 16u; let k = e % 16u;
      var value = 0.0;
      if (row0 + r < u.rows && k0 + k < u.inner) {
        value = left[u.leftAt + (row0 + r) * u.leftRow + (k0 + k) * u.leftInner];
      }
      leftTile[k * 68u + r] = value;
      value = 0.0;
      if (column0 + r < u.columns && k0 + k < u.inner) {
        value = right[u.rightAt + (column0 + r) * u.rightRow + (k0 + k) * u.rightInner];
      }
      rightTile[k * 68u + r] = value;
    }
    workgroupBarrier();
    for (var k = 0u; k < 16u; k++) {
      let at = k * 68u + thread % 16u;
      let b = vec4f(rightTile[at], rightTile[at + 16u], rightTile[at + 32u], rightTile[at + 48u]);
      let from_ = k * 68u + thread / 16u * 4u;
      s0 += leftTile[from_] * b;
      s1 += leftTile[from_ + 1u] * b;
      s2 += leftTile[from_ + 2u] * b;
      s3 += leftTile[from_ + 3u] * b;
    }
    workgroupBarrier();
  }
  let i = row0 + thread / 16u * 4u;
  row(i, s0, column0, thread);
  row(i + 1u, s1, column0, thread);
  row(i + 2u, s2, column0, thread);
  row(i + 3u, s3, column0, thread);`,
  };
}
