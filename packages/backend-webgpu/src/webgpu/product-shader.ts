import type { ExpressionCode } from '../expression/wgsl-expression.ts';
import type { Shader } from '../shader/shader.ts';

/** Rows and columns of a tile of a product. */
export const tile = 64;
/** Terms that are in shared memory at once. */
const depth = 16;
/** Vectors of shared memory from one term to the next. */
const pitch = tile / 4 + 1;
/** Terms that are added before the sum is added to the total: less rounding than one by one. */
const blockOfTerms = 256;

/** What becomes of a product: `alpha · product + beta · out`, or an expression of the product. */
export interface Ending {
  /** An expression, whose argument `given` is the product. */
  readonly expression?: ExpressionCode;
  /** Whether out is read. */
  readonly isAdded: boolean;
}

/** A product's shape, as far as its kernel depends on it. */
export interface ProductKind extends Ending {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  /** Tiles above the diagonal are left out. */
  readonly isLower: boolean;
}

/**
 * out = alpha op(A) op(B) + beta out, or an expression of it, in tiles of 64 x 64 of which each thread has 8
 * by 4. Groups count tiles, parts of the terms, and batches, in this order. Rows of `out` are those that are
 * bound, columns begin at `columnBegin`.
 */
export function productShader(kind: ProductKind): Shader {
  const { transposeA, transposeB, isLower } = kind;
  return {
    key: `product ${transposeA} ${transposeB} ${isLower} ${endingKey(kind)}`,
    operands: { a: { access: 'read' }, b: { access: 'read' }, ...endingOperands(kind) },
    uniforms: {
      rows: 'u32',
      columns: 'u32',
      inner: 'u32',
      aStride: 'u32',
      bStride: 'u32',
      aBatch: 'u32',
      bBatch: 'u32',
      tilesDown: 'u32',
      tilesAcross: 'u32',
      parts: 'u32',
      partLength: 'u32',
      rowBegin: 'u32',
      ...endingUniforms(kind),
    },
    threads: 128,
    declarations: () => `${endingCode(kind)}
var<workgroup> left: array<vec4f, ${depth * pitch}>;
var<workgroup> right: array<vec4f, ${depth * pitch}>;`,
    body: () => `  let tiles = u.tilesDown * u.tilesAcross;
  let slice = group / tiles;
  let batch = slice / u.parts;
  let at = group - slice * tiles;
  let i0 = at / u.tilesAcross * ${tile}u;
  let j0 = at % u.tilesAcross * ${tile}u;
${isLower ? '  if (u.columnBegin + j0 > u.rowBegin + i0) { return; }\n' : ''}\
  let aBegin = u.aAt + batch * u.aBatch;
  let bBegin = u.bAt + batch * u.bBatch;
  let kBegin = (slice - batch * u.parts) * u.partLength;
  let kEnd = min(u.inner, kBegin + u.partLength);
  let x0 = thread / 16u * 2u;
  let y0 = thread % 16u;
${eightVectors('t')}
  for (var kBlock = kBegin; kBlock < kEnd; kBlock += ${blockOfTerms}u) {
${eightVectors('s')}
    let end = min(kEnd, kBlock + ${blockOfTerms}u);
    for (var k0 = kBlock; k0 < end; k0 += ${depth}u) {
      for (var e = thread; e < ${(depth * tile) / 4}u; e += 128u) {
${bring('left', 'a', transposeA)}
${bring('right', 'b', !transposeB)}
      }
      workgroupBarrier();
      for (var k = 0u; k < ${depth}u; k++) {
        let x = left[k * ${pitch}u + x0];
        let z = left[k * ${pitch}u + x0 + 1u];
        let y = right[k * ${pitch}u + y0];
        s0 += x.x * y; s1 += x.y * y; s2 += x.z * y; s3 += x.w * y;
        s4 += z.x * y; s5 += z.y * y; s6 += z.z * y; s7 += z.w * y;
      }
      workgroupBarrier();
    }
    ${eight.map((r) => `t${r} += s${r};`).join(' ')}
  }
  // One place where results are written: expressions may be long.
  for (var e = 0u; e < 32u; e++) {
    var row = t0;
    ${eight
      .slice(1)
      .map((r) => `if (e / 4u == ${r}u) { row = t${r}; }`)
      .join(' ')}
    let upper = select(row.z, row.w, e % 2u == 1u);
    let lower = select(row.x, row.y, e % 2u == 1u);
    let i = i0 + 4u * x0 + e / 4u;
    let j = j0 + 4u * y0 + e % 4u;
    if (i < u.rows && j < u.columns) { writeResult(slice, i, j, select(lower, upper, e % 4u > 1u)); }
  }`,
  };
}

const eight = [0, 1, 2, 3, 4, 5, 6, 7] as const;

function eightVectors(name: string): string {
  return `  ${eight.map((r) => `var ${name}${r} = vec4f();`).join(' ')}`;
}

/**
 * Brings four elements into shared memory, with zeros beyond the end. Neighboring threads read neighboring
 * elements: lines where the terms are rows of the matrix, else terms.
 */
function bring(target: 'left' | 'right', source: 'a' | 'b', termsAreRows: boolean): string {
  const lines = tile / 4;
  const [quad, term] = termsAreRows ? [`e % ${lines}u`, `e / ${lines}u`] : [`e / ${depth}u`, `e % ${depth}u`];
  const [begin, size] = source === 'a' ? ['i0', 'u.rows'] : ['j0', 'u.columns'];
  const stride = `u.${source}Stride`;
  const at = (c: number): string => (termsAreRows ? `at + ${c}u` : `at + ${c}u * ${stride}`);
  return `        {
          let line = ${begin} + 4u * (${quad});
          let k = k0 + ${term};
          var values = vec4f();
          if (k < end) {
            let at = ${source}Begin + ${termsAreRows ? `k * ${stride} + line` : `line * ${stride} + k`};
            if (line < ${size}) { values.x = ${source}[${at(0)}]; }
            if (line + 1u < ${size}) { values.y = ${source}[${at(1)}]; }
            if (line + 2u < ${size}) { values.z = ${source}[${at(2)}]; }
            if (line + 3u < ${size}) { values.w = ${source}[${at(3)}]; }
          }
          ${target}[${term} * ${pitch}u + ${quad}] = values;
        }`;
}

/**
 * The same for at most four columns: 64 threads add up the terms of a row, and four rows share a group. With
 * Aᵀ 64 threads have a column of A each, four of them share its terms.
 */
export function narrowShader(kind: ProductKind, columns: number): Shader {
  const { transposeA, transposeB } = kind;
  const lines = (line: (c: number) => string): string =>
    Array.from({ length: columns }, (_, c) => line(c)).join('\n');
  return {
    key: `narrow ${columns} ${transposeA} ${transposeB} ${endingKey(kind)}`,
    operands: { a: { access: 'read' }, b: { access: 'read' }, ...endingOperands(kind) },
    uniforms: {
      rows: 'u32',
      inner: 'u32',
      aStride: 'u32',
      bStride: 'u32',
      parts: 'u32',
      partLength: 'u32',
      ...endingUniforms(kind),
    },
    threads: 256,
    declarations: () => `${endingCode(kind)}
var<workgroup> sums: array<f32, ${256 * columns}>;`,
    body: () => `  let slice = group % u.parts;
  let i = group / u.parts * ${transposeA ? '64u + thread % 64u' : '4u + thread / 64u'};
  let kEnd = min(u.inner, (slice + 1u) * u.partLength);
${lines((c) => `  var s${c} = 0.0;`)}
  if (i < u.rows) {
    for (var k = slice * u.partLength + ${transposeA ? 'thread / 64u; k < kEnd; k += 4u' : 'thread % 64u; k < kEnd; k += 64u'}) {
      let x = a[u.aAt + ${transposeA ? 'k * u.aStride + i' : 'i * u.aStride + k'}];
${lines((c) => `      s${c} += x * b[u.bAt + ${transposeB ? `${c}u * u.bStride + k` : `k * u.bStride + ${c}u`}];`)}
    }
  }
${lines((c) => `  sums[${256 * c}u + thread] = s${c};`)}
  workgroupBarrier();
${
  transposeA
    ? `  if (thread < 64u && i < u.rows) {
    for (var c = 0u; c < ${columns}u; c++) {
      let at = 256u * c + thread;
      writeResult(slice, i, c, (sums[at] + sums[at + 64u]) + (sums[at + 128u] + sums[at + 192u]));
    }
  }`
    : `  for (var half = 32u; half > 0u; half /= 2u) {
    if (thread % 64u < half) {
      for (var at = thread; at < ${256 * columns}u; at += 256u) { sums[at] += sums[at + half]; }
    }
    workgroupBarrier();
  }
  if (thread % 64u < ${columns}u && i < u.rows) {
    writeResult(slice, i, thread % 64u, sums[256u * (thread % 64u) + thread / 64u * 64u]);
  }`
}`,
  };
}

/** Adds up the parts of a product, whose results lie one after the other, and ends it. */
export function partsShader(ending: Ending): Shader {
  return {
    key: `parts ${endingKey(ending)}`,
    operands: { sums: { access: 'read' }, ...endingOperands(ending) },
    uniforms: { rows: 'u32', columns: 'u32', batches: 'u32', parts: 'u32', ...endingUniforms(ending) },
    threads: 256,
    declarations: () => endingCode(ending),
    body: () => `  let at = group * 256u + thread;
  let size = u.rows * u.columns;
  if (at >= u.batches * size) { return; }
  let batch = at / size;
  let element = at - batch * size;
  var sum = 0.0;
  for (var part = 0u; part < u.parts; part++) {
    sum += sums[u.sumsAt + (batch * u.parts + part) * size + element];
  }
  writeResult(batch, element / u.columns, element % u.columns, sum);`,
  };
}

function endingKey({ expression, isAdded }: Ending): string {
  return expression ? `with an expression\n${expression.text}` : isAdded ? 'added' : '';
}

function endingOperands({ expression, isAdded }: Ending): Shader['operands'] {
  return { ...expression?.operands, out: { access: isAdded ? 'update' : 'write' } };
}

function endingUniforms({ expression }: Ending): Shader['uniforms'] {
  return {
    ...expression?.uniforms,
    outStride: 'u32',
    outBatch: 'u32',
    columnBegin: 'u32',
    alpha: 'f32',
    beta: 'f32',
  };
}

/** Function `writeResult(slice, i, j, product)`, j from the first column of the call. */
function endingCode({ expression, isAdded }: Ending): string {
  const value = expression ? `evaluate(at, i, u.columnBegin + j, product)` : 'u.alpha * product';
  return `${expression?.text ?? ''}
fn writeResult(slice: u32, i: u32, j: u32, product: f32) {
  let at = slice * u.outBatch + i * u.outStride + u.columnBegin + j;
  out[u.outAt + at] = ${value}${isAdded ? ' + u.beta * out[u.outAt + at]' : ''};
}`;
}
