import { compileScalar, type Expression, inputNames } from '@agop/core';
import type { BoundInput } from '@agop/core/engine';
import { type ExpressionProgram, type Instruction, type Slot, SlotKind } from './expression-program.ts';

const HEADER_BYTES = 64;
const SLOT_BYTES = 16;
const INSTRUCTION_BYTES = 28;
/** Constants are repeated over as many bytes as an instruction takes at a time. */
const CONSTANT_BYTES = 32;

/** Bytes of a program in memory. */
export function programBytes(program: ExpressionProgram): number {
  const constants = program.slots.filter((slot) => slot.kind === SlotKind.constant).length;
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
  readonly inputs: ReadonlyMap<string, BoundInput<number>>;
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
  const view = new DataView(memory, address, programBytes(program));
  const put = (at: number, words: readonly number[]): void => {
    words.forEach((word, i) => {
      view.setUint32(at - address + 4 * i, word, true);
    });
  };
  put(address, [
    slots.length,
    rowInstructions.length,
    stripInstructions.length,
    program.stripBytes,
    program.productSlot,
    program.resultSlot,
    slotList,
    rowList,
    stripList,
  ]);

  let nextConstant = constants;
  slots.forEach((slot, i) => {
    let words = slotWords(slot, context);
    if (slot.kind === SlotKind.constant) {
      const value = evaluate(slot.expression, context);
      for (let at = 0; at < CONSTANT_BYTES; at += context.elementBytes) {
        if (context.elementBytes === 4) view.setFloat32(nextConstant - address + at, value, true);
        else view.setFloat64(nextConstant - address + at, value, true);
      }
      words = [slot.kind, nextConstant, 0, 0];
      nextConstant += CONSTANT_BYTES;
    }
    put(slotList + i * SLOT_BYTES, words);
  });
  const putInstructions = (list: number, instructions: readonly Instruction[]): void => {
    instructions.forEach(({ number, result, operands }, i) => {
      put(list + i * INSTRUCTION_BYTES, [context.functionOf(number), result, ...operands]);
    });
  };
  putInstructions(rowList, rowInstructions);
  putInstructions(stripList, stripInstructions);
}

/** kind, address, stride in bytes, place in the scratch */
function slotWords(slot: Slot, { elementBytes, inputs }: ProgramContext): number[] {
  switch (slot.kind) {
    case SlotKind.column:
    case SlotKind.row:
    case SlotKind.matrix: {
      const input = inputs.get(slot.input);
      if (!input || input.kind === 'number') throw new Error(`Input ${slot.input} is not a tensor.`);
      const { buffer, columns } = input.matrix;
      const stride = input.kind === 'full' ? columns : input.kind === 'column' ? 1 : 0;
      return [slot.kind, buffer, stride * elementBytes, 'place' in slot ? slot.place : 0];
    }
    case SlotKind.scalar:
    case SlotKind.strip:
      return [slot.kind, 0, 0, slot.place];
    default:
      return [slot.kind, 0, 0, 0];
  }
}

/** The value of an expression of numbers, in f64. */
function evaluate(expression: Expression, { inputs }: ProgramContext): number {
  const values = inputNames(expression).map((name) => {
    const input = inputs.get(name);
    return input?.kind === 'number' ? input.value : Number.NaN;
  });
  return compileScalar(expression)(values);
}
