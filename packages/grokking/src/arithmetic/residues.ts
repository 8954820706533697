import { OptionError } from '@agop/core';
import { checkWhole } from '@agop/core/options';

/** Products of residues are exact up to this modulus. */
const largestModulus = 2 ** 26;

/**
 * A modulus: a whole number from 1 to 2^26.
 *
 * @throws {OptionError} for any other value
 */
export function checkResidues(p: number): number {
  if (Number.isSafeInteger(p) && p >= 1 && p <= largestModulus) return p;
  throw new OptionError('p', {
    requirement: `be a whole number from 1 to 2^26 (${largestModulus})`,
    received: p,
  });
}

/**
 * True if n is a prime number.
 *
 * @param n any number; false unless it is an integer of at least 2
 */
export function isPrime(n: number): boolean {
  if (!Number.isSafeInteger(n) || n < 2) return false;
  if (n % 2 === 0) return n === 2;
  for (let d = 3; d * d <= n; d += 2) if (n % d === 0) return false;
  return true;
}

/** The residue of an integer modulo p, from 0 to p - 1, also for negative integers. */
export function residue(n: number, p: number): number {
  const r = n % p;
  return r < 0 ? r + p : r;
}

/**
 * base^exponent modulo p by repeated squaring.
 *
 * @param base a residue modulo p
 * @param exponent integer from 0
 * @param p modulus up to 2^26, so that products of residues are exact
 * @throws {OptionError} for another exponent or modulus
 */
export function powerModulo(base: number, exponent: number, p: number): number {
  checkWhole('exponent', exponent, 0);
  checkResidues(p);
  let result = 1 % p;
  let square = residue(base, p);
  for (let e = exponent; e > 0; e = Math.floor(e / 2)) {
    if (e % 2 === 1) result = (result * square) % p;
    square = (square * square) % p;
  }
  return result;
}

/**
 * The multiplicative inverse of a modulo a prime p (Fermat: a^(p - 2)).
 *
 * @param a residue from 1 to p - 1
 * @param p prime below 2^26
 * @throws {OptionError} for a modulus that is no whole number from 2, or too large
 */
export function inverseModulo(a: number, p: number): number {
  return powerModulo(a, p - 2, p);
}
