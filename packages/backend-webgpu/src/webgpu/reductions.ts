import type { Axis } from '@agop/core';
import { elementaryCode } from '../shader/elementary.ts';
import type { Shader } from '../shader/shader.ts';
import { fill } from './make.ts';
import { type DeviceMatrix, type Runtime, rowSpan, type Span, sizeOf, whole } from './runtime.ts';

export type Reduction = 'sum' | 'mean' | 'max' | 'norm';

const threads = 256;
/** With fewer groups than this the lines are shared among groups as well. */
const wantedGroups = 128;
/** Least elements of a part. */
const leastElements = 1024;
/** Terms that are added before the sum is added to the total: less rounding than one by one. */
const blockOfTerms = 64;

export function mean(runtime: Runtime, a: DeviceMatrix, axis: Axis, out: DeviceMatrix): void {
  reduce(runtime, 'mean', a, axis, out);
}

export function norm(runtime: Runtime, a: DeviceMatrix, axis: Axis, out: DeviceMatrix): void {
  reduce(runtime, 'norm', a, axis, out);
}

/** One value per column (axis 0), per row (axis 1), or of all elements. */
export function reduce(
  runtime: Runtime,
  kind: Reduction,
  a: DeviceMatrix,
  axis: Axis,
  out: DeviceMatrix,
): void {
  if (sizeOf(out) === 0) return;
  const most = runtime.bindingElements;
  const { rows, columns } = a;
  if (sizeOf(a) === 0) {
    fill(runtime, out, { sum: 0, norm: 0, mean: Number.NaN, max: Number.NEGATIVE_INFINITY }[kind]);
  } else if (axis === 'all' || (axis === 1 && rows === 1)) {
    const spans = slices(whole(a), most);
    reduceLines(runtime, kind, { spans, lines: 1, across: false, count: sizeOf(a) }, whole(out));
  } else if (axis === 1) {
    const together = Math.max(1, Math.floor(most / columns));
    for (let row = 0; row < rows; row += together) {
      const lines = Math.min(together, rows - row);
      const spans = slices(rowSpan(a, row, lines), lines === 1 ? most : sizeOf(a));
      const target = { block: out.buffer, begin: row, count: lines };
      reduceLines(runtime, kind, { spans, lines, across: false, count: columns }, target);
    }
  } else if (columns <= most) {
    const spans = slices(whole(a), Math.floor(most / columns) * columns);
    reduceLines(runtime, kind, { spans, lines: columns, across: true, count: rows }, whole(out));
  } else reduceLongRows(runtime, kind, a, out);
}

/** Columns of rows that cannot be bound: some columns at a time, copied together. */
function reduceLongRows(runtime: Runtime, kind: Reduction, a: DeviceMatrix, out: DeviceMatrix): void {
  const width = Math.max(1, Math.floor(runtime.bindingElements / a.rows));
  for (let column = 0; column < a.columns; column += width) {
    const columns = Math.min(width, a.columns - column);
    runtime.withScratch(a.rows * columns, (block) => {
      for (let row = 0; row < a.rows; row++) {
        const from = { block: a.buffer, begin: row * a.columns + column, count: columns };
        runtime.copy(from, block, row * columns);
      }
      const spans = [{ block, begin: 0, count: a.rows * columns }];
      const target = { block: out.buffer, begin: column, count: columns };
      reduceLines(runtime, kind, { spans, lines: columns, across: true, count: a.rows }, target);
    });
  }
}

/** Lines of elements, each of which becomes one number. */
interface Lines {
  /** What is bound at a time: parts of all lines, one after the other. */
  readonly spans: readonly Span[];
  readonly lines: number;
  /** Whether the elements of a line stand below each other. */
  readonly across: boolean;
  /** Elements of a line. */
  readonly count: number;
}

/** Each line in parts, whose results are then joined in their order. */
function reduceLines(runtime: Runtime, kind: Reduction, all: Lines, out: Span): void {
  const { spans, lines, across, count } = all;
  const lanes = across ? 4 : lanesFor(count);
  const groups = Math.ceil(lines / (threads / lanes));
  const most = Math.max(1, Math.ceil(wantedGroups / groups));
  const plans = spans.map((span) => {
    const length = span.count / lines;
    const partLength = Math.ceil(length / Math.min(most, Math.ceil(length / leastElements)));
    return { span, length, partLength, parts: Math.ceil(length / partLength) };
  });
  const slots = plans.reduce((sum, { parts }) => sum + parts, 0);
  const run = (target: Span, ends: boolean): void => {
    let slot = 0;
    for (const { span, length, partLength, parts } of plans) {
      runtime.dispatch(linesShader(kind, lanes, across, ends), {
        operands: { a: span, out: target },
        uniforms: { lines, length, partLength, parts, slot, count },
        groups: groups * parts,
      });
      slot += parts;
    }
  };
  if (slots === 1) {
    run(out, true);
    return;
  }
  runtime.withScratch(slots * lines, (block) => {
    const sums = { block, begin: 0, count: slots * lines };
    run(sums, false);
    runtime.dispatch(joinShader(kind), {
      operands: { a: sums, out },
      uniforms: { lines, slots, count },
      groups: Math.ceil(lines / threads),
    });
  });
}

/** Threads for a line of so many elements beside each other. */
function lanesFor(count: number): number {
  if (count >= 1024) return threads;
  return count > 16 ? 32 : 1;
}

/** Elements one after the other, so many at a time. */
function slices({ block, begin, count }: Span, most: number): Span[] {
  const parts: Span[] = [];
  for (let at = 0; at < count; at += most) {
    parts.push({ block, begin: begin + at, count: Math.min(most, count - at) });
  }
  return parts;
}

function linesShader(kind: Reduction, lanes: number, across: boolean, ends: boolean): Shader {
  const step = across ? threads / lanes : 1;
  const perGroup = threads / lanes;
  return {
    key: `reduce ${kind} ${lanes} ${across} ${ends}`,
    operands: { a: { access: 'read' }, out: { access: 'write' } },
    uniforms: {
      lines: 'u32',
      length: 'u32',
      partLength: 'u32',
      parts: 'u32',
      slot: 'u32',
      count: 'u32',
    },
    threads,
    declarations: () => `${joinCode(kind)}
var<workgroup> totals: array<f32, ${threads}>;`,
    body: () => `  let part = group % u.parts;
  let line = group / u.parts * ${perGroup}u + ${across ? `thread % ${perGroup}u` : `thread / ${lanes}u`};
  let lane = ${across ? `thread / ${perGroup}u` : `thread % ${lanes}u`};
  let end = min(u.length, (part + 1u) * u.partLength);
  var total = nothing();
  if (line < u.lines) {
    for (var block = part * u.partLength + lane; block < end; block += ${blockOfTerms * lanes}u) {
      var sum = nothing();
      for (var k = block; k < min(end, block + ${blockOfTerms * lanes}u); k += ${lanes}u) {
        sum = joined(sum, termOf(a[u.aAt + ${across ? 'k * u.lines + line' : 'line * u.length + k'}]));
      }
      total = joined(total, sum);
    }
  }
  totals[thread] = total;
  workgroupBarrier();
  for (var half = ${lanes >> 1}u; half > 0u; half /= 2u) {
    if (lane < half) { totals[thread] = joined(totals[thread], totals[thread + half * ${step}u]); }
    workgroupBarrier();
  }
  if (lane == 0u && line < u.lines) {
    let result = totals[thread];
    out[u.outAt + (u.slot + part) * u.lines + line] = ${ends ? 'endOf(result)' : 'result'};
  }`,
  };
}

function joinShader(kind: Reduction): Shader {
  return {
    key: `join ${kind}`,
    operands: { a: { access: 'read' }, out: { access: 'write' } },
    uniforms: { lines: 'u32', slots: 'u32', count: 'u32' },
    threads,
    declarations: () => joinCode(kind),
    body: () => `  let line = group * ${threads}u + thread;
  if (line >= u.lines) { return; }
  var total = nothing();
  for (var slot = 0u; slot < u.slots; slot++) { total = joined(total, a[u.aAt + slot * u.lines + line]); }
  out[u.outAt + line] = endOf(total);`,
  };
}

/** Functions of a reduction: what nothing is, a term, two results together, and the end. */
function joinCode(kind: Reduction): string {
  const isMax = kind === 'max';
  return `${isMax ? elementaryCode(['larger', 'infinity']) : ''}
fn nothing() -> f32 { return ${isMax ? '-infinity()' : '0.0'}; }
fn termOf(x: f32) -> f32 { return ${kind === 'norm' ? 'x * x' : 'x'}; }
fn joined(x: f32, y: f32) -> f32 { return ${isMax ? 'larger(x, y)' : 'x + y'}; }
fn endOf(x: f32) -> f32 { return ${{ sum: 'x', max: 'x', mean: 'x / f32(u.count)', norm: 'sqrt(x)' }[kind]}; }`;
}
