// The interpreter of expression programs. A program is a list of instructions on slots, written to memory by
// the TypeScript side (src/wasm/expression-program.ts); it runs over strips of a row that fit the L1 cache
// together with all intermediate results. Every instruction is one loop over the strip.
//
// Program in memory (i32 words):
//   0 slots, 1 row instructions, 2 strip instructions, 3 strip bytes, 4 slot of u (or -1),
//   5 slot of the result, 6 address of the slots, 7 address of the row instructions, 8 address of the strip
//   instructions Slot: kind, address, stride, place in the scratch. Instruction: table index, then slots of
//   the result and of five operands. Row instructions compute what is the same along a row, once per row.

import { PROGRAM_JOB } from './layout';
import { parallel, scratch } from './threads';

/** At an address: a value, repeated over 32 bytes. */
const CONSTANT: i32 = 0;
/** One value per row: element at address + row * stride, repeated over 32 bytes of scratch at `place`. */
const COLUMN: i32 = 1;
/** One value per column: element at address + column * size. */
const ROW: i32 = 2;
/** Matrix: element at address + row * stride + column * size. */
const MATRIX: i32 = 3;
/** 32 bytes of scratch at `place`. */
const SCALAR: i32 = 4;
/** A strip of scratch at `place`. */
const STRIP: i32 = 5;
/** The product and the result of the strip at hand. */
const PRODUCT: i32 = 6;
const RESULT: i32 = 7;

/**
 * Scratch of a thread: 2 KiB for others, addresses of the slots, a strip for ragged ends; then the places of
 * slots.
 */
const SLOT_TABLE: usize = 2048;
const RAGGED: usize = 6144;

@unmanaged
class Program {
  slots: i32;
  rowInstructions: i32;
  stripInstructions: i32;
  stripBytes: i32;
  productSlot: i32;
  resultSlot: i32;
  slotList: usize;
  rowList: usize;
  stripList: usize;
}

@unmanaged
class Slot {
  kind: i32;
  address: usize;
  stride: usize;
  place: usize;
}

@unmanaged
class Instruction {
  fn: i32;
  d: i32;
  a: i32;
  b: i32;
  c: i32;
  e: i32;
  g: i32;
}

@inline
function addressOf(table: usize, slot: i32): usize {
  return load<usize>(table + (<usize>slot << 2));
}

@inline
function setAddress(table: usize, slot: i32, address: usize): void {
  store<usize>(table + (<usize>slot << 2), address);
}

/**
 * Evaluates elements [row, column .. column + n) : u is read at `product`, the result goes to `result`
 * (may be the same).
 */
export function runProgram<T>(at: usize, row: i32, column: i32, n: i32, product: usize, result: usize): void {
  const program = changetype<Program>(at);
  const own = scratch();
  const table = own + SLOT_TABLE;
  beginRow<T>(program, own, table, row);
  const step = <i32>(32 / sizeof<T>());
  const strip = program.stripBytes / <i32>sizeof<T>();
  for (let done = 0; done < n; done += strip) {
    const length = min(strip, n - done);
    const offset = <usize>done * sizeof<T>();
    const ragged = length % step != 0;
    placeStreams<T>(program, table, row, column + done, product + offset);
    // Instructions work on whole steps: a ragged end is computed aside.
    setAddress(table, program.resultSlot, ragged ? own + RAGGED : result + offset);
    runInstructions(program.stripList, program.stripInstructions, table, (length + step - 1) / step);
    if (ragged) memory.copy(result + offset, own + RAGGED, <usize>length * sizeof<T>());
  }
}

function beginRow<T>(program: Program, own: usize, table: usize, row: i32): void {
  for (let s = 0; s < program.slots; s++) {
    const slot = changetype<Slot>(program.slotList + <usize>s * 16);
    if (slot.kind == CONSTANT) setAddress(table, s, slot.address);
    else if (slot.kind == SCALAR || slot.kind == STRIP) setAddress(table, s, own + slot.place);
    else if (slot.kind == COLUMN) {
      const place = own + slot.place;
      const value = v128.load_splat<T>(slot.address + <usize>row * slot.stride);
      v128.store(place, value);
      v128.store(place, value, 16);
      setAddress(table, s, place);
    }
  }
  runInstructions(program.rowList, program.rowInstructions, table, 1);
}

@inline
function placeStreams<T>(program: Program, table: usize, row: i32, column: i32, product: usize): void {
  const offset = <usize>column * sizeof<T>();
  for (let s = 0; s < program.slots; s++) {
    const slot = changetype<Slot>(program.slotList + <usize>s * 16);
    if (slot.kind == ROW) setAddress(table, s, slot.address + offset);
    else if (slot.kind == MATRIX) setAddress(table, s, slot.address + <usize>row * slot.stride + offset);
  }
  if (program.productSlot >= 0) setAddress(table, program.productSlot, product);
}

function runInstructions(list: usize, count: i32, table: usize, n: i32): void {
  for (let i = 0; i < count; i++) {
    const it = changetype<Instruction>(list);
    call_indirect<void>(
      it.fn,
      addressOf(table, it.d),
      addressOf(table, it.a),
      addressOf(table, it.b),
      addressOf(table, it.c),
      addressOf(table, it.e),
      addressOf(table, it.g),
      n,
    );
    list += 28;
  }
}

@unmanaged
class MapJob {
  program: usize;
  target: usize;
  rows: i32;
  columns: i32;
  /** Rows and columns of one task. */
  height: i32;
  width: i32;
}

/** Elements of one task: enough to pay for handing it out. */
const TASK: i32 = 16384;

/** target [rows, columns] = program, elementwise. `cost` is the rough cost of an element in multiply-adds. */
export function map<T>(program: usize, rows: i32, columns: i32, target: usize, cost: f64): void {
  if (rows == 0 || columns == 0) return;
  const job = changetype<MapJob>(PROGRAM_JOB);
  job.program = program;
  job.target = target;
  job.rows = rows;
  job.columns = columns;
  job.width = min(columns, TASK);
  job.height = max(1, TASK / job.width);
  const across = (columns + job.width - 1) / job.width;
  const down = (rows + job.height - 1) / job.height;
  const fn = (task: i32): void => mapTask<T>(task);
  parallel(fn.index, across * down, <f64>rows * columns * cost);
}

function mapTask<T>(task: i32): void {
  const job = changetype<MapJob>(PROGRAM_JOB);
  const across = (job.columns + job.width - 1) / job.width;
  const column = (task % across) * job.width;
  const begin = (task / across) * job.height;
  const end = min(job.rows, begin + job.height);
  const n = min(job.width, job.columns - column);
  for (let row = begin; row < end; row++) {
    const at = job.target + (<usize>row * job.columns + column) * sizeof<T>();
    runProgram<T>(job.program, row, column, n, at, at);
  }
}
