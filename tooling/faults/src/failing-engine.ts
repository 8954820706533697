import { type Backend, OutOfMemoryError } from '@agop/core';
import { createBackend } from '@agop/core/engine';
import { naiveEngine } from '@agop/core/naive';

/** A naive backend whose memory ends when it is told. */
export interface FailingBackend {
  readonly backend: Backend;
  /** Allocations since it was made. */
  allocations(): number;
  /** Lets the allocation of this number from now on fail, counted from 1; 0 for none. */
  failAt(number: number): void;
}

export function failingBackend(): FailingBackend {
  let [made, left] = [0, 0];
  const backend = createBackend({
    ...naiveEngine,
    allocate: (length, dtype) => {
      made += 1;
      if (left > 0 && --left === 0) throw new OutOfMemoryError('failing', 8 * length, 0);
      return naiveEngine.allocate(length, dtype);
    },
  });
  return {
    backend,
    allocations: () => made,
    failAt: (number) => {
      left = number;
    },
  };
}
