import { type Expression, OptionError } from '@agop/core';
import { instructions } from '../generated/instructions.ts';
import { SCALAR_PLACES, STRIP_PLACES } from './layout.ts';
import { lower, type Operation } from './operations.ts';

/** How an input is read; as in {@link import('@agop/core/engine').BoundInput}, and `product` for u. */
export type InputKind = 'number' | 'full' | 'row' | 'column' | 'single' | 'product';

/** Kinds of slots: the same numbers as in assembly/program.ts. */
export const SlotKind = {
  constant: 0,
  column: 1,
  row: 2,
  matrix: 3,
  scalar: 4,
  strip: 5,
  product: 6,
  result: 7,
} as const;

/** A place that instructions read or write. */
export type Slot =
  /** The value of an expression of numbers. */
  | { readonly kind: typeof SlotKind.constant; readonly expression: Expression }
  | { readonly kind: typeof SlotKind.column; readonly input: string; readonly place: number }
  | { readonly kind: typeof SlotKind.row | typeof SlotKind.matrix; readonly input: string }
  | { readonly kind: typeof SlotKind.scalar | typeof SlotKind.strip; readonly place: number }
  | { readonly kind: typeof SlotKind.product | typeof SlotKind.result };

/** An instruction by number; slots of its result and of its operands (five, unused ones repeated). */
export interface Instruction {
  readonly number: number;
  readonly result: number;
  readonly operands: readonly number[];
}

/** An expression compiled for one way of binding its inputs. Addresses are filled in when it runs. */
export interface ExpressionProgram {
  readonly slots: readonly Slot[];
  readonly rowInstructions: readonly Instruction[];
  readonly stripInstructions: readonly Instruction[];
  readonly stripBytes: number;
  readonly productSlot: number;
  readonly resultSlot: number;
  /** Rough cost of an element in multiply-adds, for the choice of threads. */
  readonly cost: number;
}

const numbers = new Map(instructions.map((name, number) => [name, number]));
const programs = new WeakMap<Expression, Map<string, ExpressionProgram>>();

/** Compiles an expression, or finds it compiled. */
export function compileExpression(
  expression: Expression,
  kinds: Readonly<Record<string, InputKind>>,
): ExpressionProgram {
  let key = '';
  for (const name in kinds) key += `${name} ${kinds[name]} `;
  let known = programs.get(expression);
  if (!known) {
    known = new Map();
    programs.set(expression, known);
  }
  let program = known.get(key);
  if (!program) {
    program = compile(expression, kinds);
    known.set(key, program);
  }
  return program;
}

function compile(expression: Expression, kinds: Readonly<Record<string, InputKind>>): ExpressionProgram {
  const order = lower(expression, (input) => (kinds[input] ?? 'number') === 'number');
  const lastUse = new Map<Operation, number>();
  order.forEach((operation, at) => {
    for (const operand of operation.operands) lastUse.set(operand, at);
  });

  const slots: Slot[] = [];
  const slotOf = new Map<Operation, number>();
  const streams = new Set<Operation>();
  const rowInstructions: Instruction[] = [];
  const stripInstructions: Instruction[] = [];
  const strips = new Places();
  let scalars = 0;
  let cost = 0;
  const scalarPlace = (): number => {
    const place = SCALAR_PLACES.begin + SCALAR_PLACES.size * scalars++;
    if (place >= SCALAR_PLACES.end) throw tooLarge(expression);
    return place;
  };
  const add = (slot: Slot): number => slots.push(slot) - 1;
  const resultSlot = add({ kind: SlotKind.result });

  const last = order.at(-1) as Operation;
  order.forEach((operation, at) => {
    if (operation.kind === 'uniform') {
      slotOf.set(operation, add({ kind: SlotKind.constant, expression: operation.expression }));
    } else if (operation.kind === 'input') {
      const kind = kinds[operation.input];
      if (kind === 'full' || kind === 'row' || kind === 'product') streams.add(operation);
      slotOf.set(operation, add(inputSlot(operation.input, kind, scalarPlace)));
    } else {
      const operands = operation.operands.map((operand) => slotOf.get(operand) ?? 0);
      const isStream = operation.operands.some((operand) => streams.has(operand));
      const pattern = operation.operands.map((o) => (isStream && !streams.has(o) ? 's' : 'v')).join('');
      const number = numberOf(operation.name, pattern);
      if (!isStream) {
        const slot = add({ kind: SlotKind.scalar, place: scalarPlace() });
        slotOf.set(operation, slot);
        rowInstructions.push({ number, result: slot, operands: padded(operands) });
        return;
      }
      streams.add(operation);
      cost += operation.cost;
      // Operands that are not needed any more leave their place to the result: loops read before they write.
      for (const operand of new Set(operation.operands)) {
        const slot = slots[slotOf.get(operand) ?? 0];
        if (slot?.kind === SlotKind.strip && lastUse.get(operand) === at) strips.leave(slot.place);
      }
      const slot = operation === last ? resultSlot : add({ kind: SlotKind.strip, place: strips.take() });
      slotOf.set(operation, slot);
      stripInstructions.push({ number, result: slot, operands: padded(operands) });
    }
  });

  const value = slotOf.get(last) ?? 0;
  if (value !== resultSlot) {
    const number = numberOf('copy', streams.has(last) ? 'v' : 's');
    stripInstructions.push({ number, result: resultSlot, operands: padded([value]) });
  }
  const stripBytes = strips.bytesEach();
  if (stripBytes === undefined || slots.length > 1000) throw tooLarge(expression);
  return {
    slots: slots.map((slot) =>
      slot.kind === SlotKind.strip ? { ...slot, place: STRIP_PLACES.begin + slot.place * stripBytes } : slot,
    ),
    rowInstructions,
    stripInstructions,
    stripBytes,
    productSlot: slots.findIndex((slot) => slot.kind === SlotKind.product),
    resultSlot,
    cost: cost + 1,
  };
}

function inputSlot(input: string, kind: InputKind | undefined, scalarPlace: () => number): Slot {
  switch (kind) {
    case 'full':
      return { kind: SlotKind.matrix, input };
    case 'row':
      return { kind: SlotKind.row, input };
    case 'column':
    case 'single':
      return { kind: SlotKind.column, input, place: scalarPlace() };
    case 'product':
      return { kind: SlotKind.product };
    default:
      throw new Error(`Input ${input} is a number.`);
  }
}

function numberOf(name: string, pattern: string): number {
  const number = numbers.get(`${name}_${pattern}`);
  if (number === undefined) throw new Error(`No instruction ${name}_${pattern}.`);
  return number;
}

function padded(operands: readonly number[]): number[] {
  return Array.from({ length: 5 }, (_, i) => operands[i] ?? operands[0] ?? 0);
}

function tooLarge(expression: Expression): OptionError {
  const text = `${expression}`.slice(0, 80);
  return new OptionError('expression', `The expression ${text}… is too large; evaluate it in parts.`);
}

/** Places for strips of intermediate results, reused as soon as they are free. */
class Places {
  readonly #free: number[] = [];
  #count = 0;

  take(): number {
    return this.#free.pop() ?? this.#count++;
  }

  leave(place: number): void {
    this.#free.push(place);
  }

  /** Bytes of a strip, so that all fit in the scratch; undefined if they do not. */
  bytesEach(): number | undefined {
    const room = STRIP_PLACES.end - STRIP_PLACES.begin;
    return [2048, 1024, 512, 256].find((bytes) => bytes * this.#count <= room);
  }
}
