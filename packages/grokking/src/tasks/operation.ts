import { ValueError } from '@agop/core';
import { inverseModulo, residue } from '../arithmetic/residues.ts';

/**
 * The group in which an operation is addition: residues modulo p themselves (`additive`), or the nonzero
 * residues in the order of their discrete logarithms (`multiplicative`). In that order the metric's
 * off-diagonal blocks become constant along diagonals or anti-diagonals.
 */
export type Group = 'additive' | 'multiplicative';

/** Constant along wrapped diagonals, i - j (`circulant`), or anti-diagonals, i + j (`hankel`). */
export type BlockShape = 'circulant' | 'hankel';

/** What the metric that solves an operation looks like, where that is known. */
export interface OperationStructure {
  readonly group: Group;
  /** Shape of the off-diagonal blocks, in the order of the group. */
  readonly block: BlockShape;
}

/** A function of two residues. */
export interface ModularOperation {
  /** Short name: `add`, or the formula itself for polynomials. */
  readonly name: string;
  /** For people: `x + y`. */
  readonly formula: string;
  /** Undefined where no group turns the operation into addition. */
  readonly structure?: OperationStructure;
  /** True if the operation divides by its second operand: b = 0 is left out and p must be prime. */
  readonly divides: boolean;
  /** The result, a whole number from 0 to p - 1; others are refused. */
  result(a: number, b: number, p: number): number;
}

/** One of the four basic operations. */
export type BasicOperation = ModularOperation & { readonly structure: OperationStructure };

const add: BasicOperation = {
  name: 'add',
  formula: 'x + y',
  structure: { group: 'additive', block: 'circulant' },
  divides: false,
  result: (a, b, p) => residue(a + b, p),
};

const sub: BasicOperation = {
  name: 'sub',
  formula: 'x - y',
  structure: { group: 'additive', block: 'hankel' },
  divides: false,
  result: (a, b, p) => residue(a - b, p),
};

const mul: BasicOperation = {
  name: 'mul',
  formula: 'x * y',
  structure: { group: 'multiplicative', block: 'circulant' },
  divides: false,
  result: (a, b, p) => residue(a * b, p),
};

const div: BasicOperation = {
  name: 'div',
  formula: 'x / y',
  structure: { group: 'multiplicative', block: 'hankel' },
  divides: true,
  result: (a, b, p) => residue(a * inverseModulo(b, p), p),
};

/** Addition, subtraction, multiplication and division modulo p. */
export const basicOperations = { add, sub, mul, div } as const;

/**
 * The polynomial tasks of the grokking literature, by formula. Sources: Power et al. 2022 (arXiv 2201.02177),
 * appendix A.1.1; Mallinar et al. 2025, appendix G (x^2 + y^2).
 */
export const polynomialOperations: readonly ModularOperation[] = [
  polynomial('x^2 + y', (x, y, p) => ((x * x) % p) + y),
  polynomial('x^2 + y^2', (x, y, p) => ((x * x) % p) + ((y * y) % p)),
  polynomial('x^2 + xy + y^2', (x, y, p) => ((x * x) % p) + ((x * y) % p) + ((y * y) % p)),
  polynomial('x^2 + xy + y^2 + x', (x, y, p) => ((x * x) % p) + ((x * y) % p) + ((y * y) % p) + x),
  polynomial('x^3 + xy', (x, y, p) => ((((x * x) % p) * x) % p) + ((x * y) % p)),
  polynomial('x^3 + xy^2 + y', (x, y, p) => ((((x * x) % p) * x) % p) + ((((x * y) % p) * y) % p) + y),
];

/**
 * x / y for odd y, x - y for even y: a task without one algebraic form.
 * Source: Power et al. 2022, appendix A.1.1.
 */
export const parityOperation: ModularOperation = {
  name: 'parity',
  formula: 'x / y if y is odd, else x - y',
  divides: true,
  result: (a, b, p) => (b % 2 === 1 ? div.result(a, b, p) : sub.result(a, b, p)),
};

function polynomial(formula: string, value: (x: number, y: number, p: number) => number): ModularOperation {
  return {
    name: formula.replaceAll(' ', ''),
    formula,
    divides: false,
    result: (a, b, p) => value(a, b, p) % p,
  };
}

/**
 * The results of an operation on pairs, [size].
 *
 * @param a first operands, [size]
 * @param b second operands, [size]
 * @throws {ValueError} if one of them is not a whole number from 0 to p - 1: names the pair, `row` is its
 *   place
 */
export function resultsOf(
  { name, result }: ModularOperation,
  a: Int32Array,
  b: Int32Array,
  p: number,
): Int32Array {
  return a.map((x, row) => {
    const y = b[row] as number;
    const value = result(x, y, p);
    if (Number.isInteger(value) && value >= 0 && value < p) return value;
    throw new ValueError(
      `The operation '${name}' gives ${value} for (${x}, ${y}) modulo ${p}. Its results must be whole numbers from 0 to ${p - 1}: take the residue.`,
      { row },
    );
  });
}
