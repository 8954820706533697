import { AgopError } from './agop-error.ts';

/** Shapes that do not fit an operation. */
export class ShapeError extends AgopError {
  constructor(message: string) {
    super('SHAPE', message);
  }
}

/** A dtype that an operation or a backend does not support, or two that do not go together. */
export class DTypeError extends AgopError {
  constructor(message: string) {
    super('DTYPE', message);
  }
}

/** Where in the input a bad value was found. Rows and columns count from 0. */
export interface ValuePosition {
  readonly row?: number;
  readonly column?: number;
}

/** Data that cannot be used: NaN, infinite, empty, ragged, constant where it must vary. */
export class ValueError extends AgopError {
  /** Row of the first bad value, from 0; undefined where no single row is to blame. */
  readonly row: number | undefined;
  /** Column of the first bad value, from 0; undefined where no single column is to blame. */
  readonly column: number | undefined;

  constructor(message: string, position: ValuePosition = {}) {
    super('VALUE', message);
    this.row = position.row;
    this.column = position.column;
  }
}

/** An option outside its documented range. */
export class OptionError extends AgopError {
  /** Name of the option, as documented. */
  readonly option: string;

  constructor(option: string, message: string) {
    super('OPTION', message);
    this.option = option;
  }
}

/** A label or category that was not seen when the model was fitted. */
export class UnknownLabelError extends AgopError {
  readonly label: unknown;
  readonly row: number | undefined;
  readonly column: number | undefined;

  constructor(message: string, label: unknown, position: ValuePosition = {}) {
    super('LABEL', message);
    this.label = label;
    this.row = position.row;
    this.column = position.column;
  }
}
