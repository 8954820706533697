/** The ways in which an input can go wrong. */
export type Fault =
  /** An error that is none of ours, such as a TypeError from inside. */
  | 'untyped error'
  /** One of ours, but not one that this input may lead to. */
  | 'wrong error'
  | 'unhandled rejection'
  | 'tensor left'
  | 'not finite'
  | 'prototype changed'
  /** Saved and loaded, it is not the same. */
  | 'round trip'
  /** Something else that was promised. */
  | 'broken promise'
  | 'hang'
  | 'memory'
  | 'crash';

/** What became of an input. */
export type Verdict =
  | { readonly passed: true; readonly outcome: string }
  | { readonly passed: false; readonly fault: Fault; readonly message: string; readonly stack: string };

/** A promise that was broken, thrown by a target. */
export class Violation extends Error {
  readonly fault: Fault;

  constructor(fault: Fault, message: string) {
    super(message);
    this.fault = fault;
  }
}

/** @throws {Violation} unless it holds */
export function demand(holds: boolean, fault: Fault, message: string): asserts holds {
  if (!holds) throw new Violation(fault, message);
}

/** @throws {Violation} for a number that is not finite */
export function demandFinite(values: ArrayLike<number>, what: string): void {
  for (let i = 0; i < values.length; i++) {
    demand(
      Number.isFinite(values[i]),
      'not finite',
      `${what}: number ${i} of ${values.length} is ${values[i]}.`,
    );
  }
}

/**
 * What tells finds apart: two inputs that fail in the same place with the same words, numbers aside, are one
 * find.
 */
export function signatureOf(verdict: Verdict): string {
  if (verdict.passed) return 'passed';
  const words = verdict.message.replace(/'[^']*'|\d+(\.\d+)?(e[+-]?\d+)?/g, '#').slice(0, 80);
  return `${verdict.fault}: ${words} ${placeOf(verdict.stack)}`.trim();
}

/** The first line of a stack that is in a package, as `packages/rfm/src/loop/presets.ts:12`. */
export function placeOf(stack: string): string {
  const [, place] =
    /((?:packages|tooling)\/(?!fuzz\/src\/(?:bench|judge|verdict))[\w./-]+:\d+)/.exec(stack) ?? [];
  return place ?? '';
}
