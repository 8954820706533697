import { AgopError, hasCode } from './agop-error.ts';
import { shownValue } from './shown-value.ts';
import { type OptionMention, type Wording, wording } from './wording.ts';

/** Shapes that do not fit an operation. */
export class ShapeError extends AgopError {
  static override readonly isInstance = (value: unknown): value is ShapeError => hasCode(value, 'SHAPE');

  constructor(message: string | Wording) {
    super('SHAPE', message);
  }
}

/** A dtype that an operation or a backend does not support, or two that do not go together. */
export class DTypeError extends AgopError {
  static override readonly isInstance = (value: unknown): value is DTypeError => hasCode(value, 'DTYPE');

  constructor(message: string | Wording) {
    super('DTYPE', message);
  }
}

/** Where in the input a bad value was found. */
export interface ValuePosition {
  /** From 0. */
  readonly row?: number;
  /** From 0. */
  readonly column?: number;
}

/** Data that cannot be used: NaN, infinite, empty, ragged, constant where it must vary. */
export class ValueError extends AgopError {
  static override readonly isInstance = (value: unknown): value is ValueError => hasCode(value, 'VALUE');

  /** Row of the first bad value, from 0; undefined where no single row is to blame. */
  readonly row: number | undefined;
  /** Column of the first bad value, from 0; undefined where no single column is to blame. */
  readonly column: number | undefined;

  constructor(message: string | Wording, position: ValuePosition = {}) {
    super('VALUE', message);
    this.row = position.row;
    this.column = position.column;
  }
}

/** What is wrong with the value of an option. */
export interface OptionProblem {
  /** What the option must do, to go on after `must`: `be a whole number from 1`. */
  readonly requirement: string;
  /** The value that was given; left out where the option is missing. */
  readonly received?: unknown;
  /** What would help, where that is known. */
  readonly suggestion?: OptionSuggestion;
}

/** What would help: to change an option, to leave it out, or to give it a value. */
export interface OptionSuggestion {
  /** Name of the option to change, as documented. */
  readonly option: string;
  /** What to do with it. */
  readonly direction: 'raise' | 'lower' | 'omit' | 'use';
  /** The value to use. */
  readonly value?: string | number;
}

/** An option outside its documented range, or one that does not go with the others. */
export class OptionError extends AgopError {
  static override readonly isInstance = (value: unknown): value is OptionError => hasCode(value, 'OPTION');

  /** Name of the option, as documented. */
  readonly option: string;
  /** What it must do, e.g. `be a positive number`; undefined where the message has words of its own. */
  readonly requirement: string | undefined;
  /** The value that was given. */
  readonly received: unknown;
  /** What would help, where that is known. */
  readonly suggestion: OptionSuggestion | undefined;

  /**
   * @param problem what is required and what was given, or a message of its own
   * @param suggestion what would help, where the message says it already
   */
  constructor(option: string, problem: OptionProblem | string | Wording, suggestion?: OptionSuggestion) {
    const isProblem = typeof problem === 'object' && 'requirement' in problem;
    super('OPTION', isProblem ? problemWording(option, problem) : problem);
    this.option = option;
    this.requirement = isProblem ? problem.requirement : undefined;
    this.received = isProblem ? problem.received : undefined;
    this.suggestion = isProblem ? problem.suggestion : suggestion;
  }
}

function problemWording(option: string, problem: OptionProblem): Wording {
  const { requirement, received, suggestion } = problem;
  const given = 'received' in problem ? `, but is ${shownValue(received)}` : '';
  const advice = suggestion ? wording` ${suggestionWording(suggestion)}` : [];
  return wording`${{ option, bare: true }} must ${requirement}${given}.${advice}`;
}

/** `Raise ridge.`, `Leave out bandwidth.`, `Use dtype 'float64'.` */
function suggestionWording({ option, direction, value }: OptionSuggestion): Wording {
  const verb = { raise: 'Raise', lower: 'Lower', omit: 'Leave out', use: 'Use' }[direction];
  const mention: OptionMention = value === undefined ? { option } : { option, value };
  return wording`${verb} ${mention}.`;
}

/** A label or category that was not seen when the model was fitted. */
export class UnknownLabelError extends AgopError {
  static override readonly isInstance = (value: unknown): value is UnknownLabelError =>
    hasCode(value, 'LABEL');

  /** The label itself. */
  readonly label: unknown;
  /** Its row, from 0; undefined where no row is to blame. */
  readonly row: number | undefined;
  /** Its column, from 0; undefined where no column is to blame. */
  readonly column: number | undefined;

  constructor(message: string | Wording, label: unknown, position: ValuePosition = {}) {
    super('LABEL', message);
    this.label = label;
    this.row = position.row;
    this.column = position.column;
  }
}
