import { recursionMemory } from '@agop/rfm';

/** What the memory of a candidate's fits on one division depends on. */
export interface CandidateSizes {
  /** Training rows, held-out rows (0: each training row alone), columns as they are prepared, and outputs. */
  readonly rows: number;
  readonly held: number;
  readonly features: number;
  readonly outputs: number;
}

/**
 * Most bytes on the backend of all fits of a candidate on one division, in float64: its kernel matrix stays
 * while copies of it are factored, one ridge after the other.
 */
export function candidateMemory({ rows, held, features, outputs }: CandidateSizes): number {
  const sizes = { samples: rows, features, outputs };
  const { data, fit, agop, update } = recursionMemory(sizes, 'float64');
  const copies = held === 0 ? 3 : 2;
  const further = 8 * held * (features + outputs);
  return data + further + Math.max(copies * fit, agop, update, 8 * held * rows);
}

/** The most training rows of a candidate that fit into so many bytes, about, whatever its columns. */
export function candidateRowsWithin(bytes: number): number {
  return Math.max(2, Math.floor(Math.sqrt(bytes / 24)));
}
