import { OutOfMemoryError, wording } from '@agop/core';
import { checkWhole } from '@agop/core/options';
import { requirePrime } from '../arithmetic/discrete-logarithm.ts';
import { type ModularOperation, resultsOf } from './operation.ts';

/**
 * Largest table: far beyond what a kernel machine can be run on, and p far below 2^26, to which products of
 * two residues stay exact.
 */
const largestTable = 2 ** 25;

/** Pairs of residues and the result of an operation on each. */
export interface ModularTable {
  readonly p: number;
  /** Number of pairs. */
  readonly size: number;
  /** First operands, [size]. */
  readonly a: Int32Array;
  /** Second operands, [size]. */
  readonly b: Int32Array;
  /** Results, [size]. */
  readonly labels: Int32Array;
}

/**
 * The whole table of an operation modulo p, pairs in lexicographic order: p^2 of them, or p (p - 1) where the
 * operation divides by b.
 *
 * @throws {OptionError} if p is not an integer from 2, or not prime for an operation that divides
 * @throws {ValueError} if the operation gives something else than a residue
 * @throws {OutOfMemoryError} if the table has more than 2^25 pairs
 */
export function modularTable(operation: ModularOperation, p: number): ModularTable {
  const size = checkTable(operation, p);
  const first = operation.divides ? 1 : 0;
  const columns = p - first;
  const a = Int32Array.from({ length: size }, (_, i) => Math.floor(i / columns));
  const b = Int32Array.from({ length: size }, (_, i) => (i % columns) + first);
  return { p, size, a, b, labels: resultsOf(operation, a, b, p) };
}

/**
 * The number of pairs in a table that can be made.
 *
 * @throws {OptionError} if p is not a modulus that the operation works for
 * @throws {OutOfMemoryError} if the table has more than 2^25 pairs
 */
export function checkTable(operation: ModularOperation, p: number): number {
  checkModulus(operation, p);
  const size = tableSize(p, operation.divides);
  if (size <= largestTable) return size;
  throw new OutOfMemoryError(
    'host',
    3 * size * Int32Array.BYTES_PER_ELEMENT,
    undefined,
    wording`The table modulo ${p} has ${size} pairs; tables of up to ${largestTable} are made. Use a smaller ${{ option: 'p', bare: true }}: the kernel matrix of half the table has p^4 / 4 elements.`,
  );
}

/** Pairs of a table: p^2, or p (p - 1) where b = 0 is left out. */
export function tableSize(p: number, divides: boolean): number {
  return p * (divides ? p - 1 : p);
}

/** @throws {OptionError} if p is not a modulus that the operation works for */
export function checkModulus(operation: ModularOperation, p: number): void {
  checkWhole('p', p, 2);
  // Larger ones are refused for their memory, before anyone has to know whether they are prime.
  if (operation.divides && p * p <= largestTable) requirePrime(p, `Division (${operation.formula})`);
}
