import { compileScalar, type Expression, inputNames } from '@agop/core';
import type { BoundInput } from '@agop/core/engine';
import { instructions } from '../generated/instructions.ts';
import { type ExpressionProgram, type Instruction, type Slot, SlotKind } from './expression-program.ts';

const HEADER_BYTES = 64;
const SLOT_BYTES = 16;
const INSTRUCTION_BYTES = 28;
/** Constants are repeated over as many bytes as an instruction takes at a time. */
const CONSTANT_BYTES = 32;

/** Bytes of a program in memory. */
export function programBytes(program: ExpressionProgram): number {
  let constants = 0;
  for (const slot of program.slots) if (slot.kind === SlotKind.constant) constants++;
  const instructions = program.rowInstructions.length + program.stripInstructions.length;
  return (
    HEADER_BYTES +
    program.slots.length * SLOT_BYTES +
    instructions * INSTRUCTION_BYTES +
    constants * CONSTANT_BYTES
  );
}

/** What a program is run on. */
export interface ProgramContext {
  readonly elementBytes: 4 | 8;
  readonly inputs: readonly BoundInput<number>[];
  /** Table index of an instruction. */
  readonly functionOf: (number: number) => number;
}

/** Writes a program, with the addresses and values of its inputs, as assembly/program.ts reads it. */
export function writeProgram(
  memory: ArrayBufferLike,
  address: number,
  program: ExpressionProgram,
  context: ProgramContext,
): void {
  const { slots, rowInstructions, stripInstructions } = program;
  const slotList = address + HEADER_BYTES;
  const rowList = slotList + slots.length * SLOT_BYTES;
  const stripList = rowList + rowInstructions.length * INSTRUCTION_BYTES;
  const constants = stripList + stripInstructions.length * INSTRUCTION_BYTES;
  const words = new Words(memory, address, programBytes(program));
  words.put(slots.length);
  words.put(rowInstructions.length);
  words.put(stripInstructions.length);
  words.put(program.stripBytes);
  words.put(program.productSlot);
  words.put(program.resultSlot);
  words.put(slotList);
  words.put(rowList);
  words.put(stripList);

  words.seek(slotList);
  let nextConstant = constants;
  for (const slot of slots) {
    if (slot.kind === SlotKind.constant) {
      putSlot(words, slot.kind, nextConstant, 0, 0);
      words.fill(nextConstant, evaluate(slot.expression, context), context.elementBytes);
      nextConstant += CONSTANT_BYTES;
    } else {
      putUnevaluated(words, slot, context);
    }
  }
  putInstructions(words, rowInstructions, slots, context);
  putInstructions(words, stripInstructions, slots, context);
}

/** Writes a piece of memory, whose byte order is that of WebAssembly everywhere. */
class Words {
  readonly #view: DataView;
  readonly #address: number;
  #at = 0;

  constructor(memory: ArrayBufferLike, address: number, bytes: number) {
    this.#view = new DataView(memory, address, bytes);
    this.#address = address;
  }

  /** Goes on at an address. */
  seek(address: number): void {
    this.#at = address - this.#address;
  }

  put(word: number): void {
    this.#view.setUint32(this.#at, word, true);
    this.#at += 4;
  }

  /** A constant, at an address, as often as an instruction takes it at a time. */
  fill(address: number, value: number, elementBytes: 4 | 8): void {
    const begin = address - this.#address;
    for (let at = begin; at < begin + CONSTANT_BYTES; at += elementBytes) {
      if (elementBytes === 4) this.#view.setFloat32(at, value, true);
      else this.#view.setFloat64(at, value, true);
    }
  }
}

function putInstructions(
  words: Words,
  list: readonly Instruction[],
  slots: readonly Slot[],
  context: ProgramContext,
): void {
  for (const { number, result, operands } of list) {
    words.put(context.functionOf(forFactor(number, operands, slots, context)));
    words.put(result);
    for (const operand of operands) words.put(operand);
  }
}

/** Exponentials of numbers from 0 times a factor, and what is faster where the factor is at most 0. */
const decays = new Map(
  (['Root', 'Distance'] as const).map((of) => [
    instructions.indexOf(`expScaled${of}_vs`),
    instructions.indexOf(`expDecay${of}_vs`),
  ]),
);

/** The instruction for the factor that there is. */
function forFactor(
  number: number,
  operands: readonly number[],
  slots: readonly Slot[],
  context: ProgramContext,
): number {
  const decay = decays.get(number);
  const factor = slots[operands[1] ?? 0];
  if (decay === undefined || factor?.kind !== SlotKind.constant) return number;
  return evaluate(factor.expression, context) <= 0 ? decay : number;
}

function putSlot(words: Words, kind: number, address: number, stride: number, place: number): void {
  words.put(kind);
  words.put(address);
  words.put(stride);
  words.put(place);
}

/** A slot that is no constant: kind, address, stride in bytes, place in the scratch. */
function putUnevaluated(words: Words, slot: Slot, { elementBytes, inputs }: ProgramContext): void {
  switch (slot.kind) {
    case SlotKind.column:
    case SlotKind.row:
    case SlotKind.matrix: {
      const input = inputs.find(({ name }) => name === slot.input);
      if (!input || input.kind === 'number') throw new Error(`Input ${slot.input} is not a tensor.`);
      const { buffer, columns } = input.matrix;
      const stride = input.kind === 'full' ? columns : input.kind === 'column' ? 1 : 0;
      putSlot(words, slot.kind, buffer, stride * elementBytes, 'place' in slot ? slot.place : 0);
      return;
    }
    case SlotKind.scalar:
    case SlotKind.strip:
      putSlot(words, slot.kind, 0, 0, slot.place);
      return;
    default:
      putSlot(words, slot.kind, 0, 0, 0);
  }
}

/** Expressions of numbers are few, and each operation asks for their values. */
const compiled = new WeakMap<Expression, (values: readonly number[]) => number>();

/** The value of an expression of numbers, in f64. */
function evaluate(expression: Expression, { inputs }: ProgramContext): number {
  if (expression.node.kind === 'constant') return expression.node.value;
  let compute = compiled.get(expression);
  if (!compute) {
    compute = compileScalar(expression);
    compiled.set(expression, compute);
  }
  return compute(
    inputNames(expression).map((name) => {
      const input = inputs.find((one) => one.name === name);
      return input?.kind === 'number' ? input.value : Number.NaN;
    }),
  );
}
