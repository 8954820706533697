import { OptionError } from '@agop/core';
import { checkResidues, isPrime, powerModulo } from './residues.ts';

/**
 * The smallest generator of the multiplicative group modulo p: 2 for p = 61, 3 for p = 17 and p = 31.
 *
 * @param p prime, below 2^26
 * @throws {OptionError} if p is too large, or not prime: the group then need not be cyclic
 */
export function smallestPrimitiveRoot(p: number): number {
  requirePrime(p, 'The order by discrete logarithm');
  const factors = primeFactors(p - 1);
  let g = 1;
  // g generates the group if none of its powers (p - 1) / q is 1.
  while (factors.some((q) => powerModulo(g, (p - 1) / q, p) === 1 % p)) g += 1;
  return g;
}

/**
 * The residues 1 .. p - 1 in the order of their discrete logarithms: powers 0 .. p - 2 of the smallest
 * primitive root, [p - 1]. In this order multiplication modulo p is addition modulo p - 1.
 * Source: Mallinar et al. 2025 (arXiv 2407.20199), appendix E.
 *
 * @param p prime, below 2^26
 * @throws {OptionError} if p is too large, or not prime
 */
export function logarithmOrder(p: number): Int32Array {
  const g = smallestPrimitiveRoot(p);
  const order = new Int32Array(p - 1);
  let power = 1 % p;
  for (let i = 0; i < order.length; i++) {
    order[i] = power;
    power = (power * g) % p;
  }
  return order;
}

/**
 * The inverse of {@link logarithmOrder}: entry r is the exponent of residue r, and -1 for residue 0, [p].
 *
 * @param p prime, below 2^26
 * @throws {OptionError} if p is too large, or not prime
 */
export function discreteLogarithms(p: number): Int32Array {
  const order = logarithmOrder(p);
  const logarithms = new Int32Array(p).fill(-1);
  for (const [exponent, value] of order.entries()) logarithms[value] = exponent;
  return logarithms;
}

/** Throws unless p is prime; `what` starts the message, e.g. 'Division'. */
export function requirePrime(p: number, what: string): void {
  if (p > 0) checkResidues(Math.ceil(p)); // Whether a larger one is prime, no one has to know.
  if (isPrime(p)) return;
  throw new OptionError(
    'p',
    `${what} modulo p needs a prime p, but p is ${p}. Use ${nearestPrime(p)}, or an operation that works for every p (+ or -).`,
  );
}

function nearestPrime(n: number): number {
  const start = Number.isFinite(n) ? Math.max(2, Math.round(n)) : 2;
  for (let step = 0; ; step++) {
    if (isPrime(start + step)) return start + step;
    if (isPrime(start - step)) return start - step;
  }
}

function primeFactors(n: number): number[] {
  const factors: number[] = [];
  let rest = n;
  for (let d = 2; d * d <= rest; d++) {
    if (rest % d === 0) factors.push(d);
    while (rest % d === 0) rest /= d;
  }
  if (rest > 1) factors.push(rest);
  return factors;
}
