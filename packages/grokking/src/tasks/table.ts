import { OptionError, OutOfMemoryError } from '@agop/core';
import { requirePrime } from '../arithmetic/discrete-logarithm.ts';
import { type ModularOperation, resultsOf } from './operation.ts';

/** Largest modulus: products of two residues stay exact. */
const largestModulus = 2 ** 26;
/** Largest table: far beyond what a kernel machine can be run on. */
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
 * The whole table of an operation modulo p, pairs in lexicographic order: p^2 of them, or p (p - 1) where the operation divides by b.
 *
 * @throws {OptionError} if p is not an integer from 2 to 2^26, or not prime for an operation that divides
 * @throws {ValueError} if the operation gives something else than a residue
 * @throws {OutOfMemoryError} if the table has more than 2^25 pairs
 */
export function modularTable(operation: ModularOperation, p: number): ModularTable {
  checkModulus(operation, p);
  const first = operation.divides ? 1 : 0;
  const columns = p - first;
  const size = p * columns;
  if (size > largestTable) {
    throw new OutOfMemoryError(
      'host',
      3 * size * Int32Array.BYTES_PER_ELEMENT,
      3 * largestTable * Int32Array.BYTES_PER_ELEMENT,
      `The table modulo ${p} has ${size} pairs, at most ${largestTable} are taken. Use a smaller p: the kernel matrix of half the table takes p^4 / 4 numbers.`,
    );
  }
  const a = Int32Array.from({ length: size }, (_, i) => Math.floor(i / columns));
  const b = Int32Array.from({ length: size }, (_, i) => (i % columns) + first);
  return { p, size, a, b, labels: resultsOf(operation, a, b, p) };
}

/** @throws {OptionError} if p is not a modulus that the operation works for */
export function checkModulus(operation: ModularOperation, p: number): void {
  if (!Number.isInteger(p) || p < 2 || p > largestModulus) {
    throw new OptionError('p', `p must be an integer from 2 to ${largestModulus}, but is ${p}.`);
  }
  if (operation.divides) requirePrime(p, `Division (${operation.formula})`);
}
