import { isPrime } from '@agop/grokking/analysis';
import type { Course, OperationRecord } from './result.ts';

type Structure = NonNullable<OperationRecord['structure']>;

/** The structure that the metric of an operation should have, and how far the run was from it. */
export interface TracedStructure {
  readonly operation: OperationRecord;
  readonly structure: Structure;
  /** Circulant deviation of the AGOP after each iteration, NaN for an AGOP of zeros. */
  readonly deviations: readonly number[];
}

/** Those operations of a run for which the structure is known. */
export function tracedStructures({ p, operations, iterations }: Course): TracedStructure[] {
  return operations.flatMap((operation, k): TracedStructure[] => {
    const { structure } = operation;
    if (!structure || !isKnown(structure, p)) return [];
    const deviations = iterations.map(
      (iteration) => (iteration.operations?.[k] ?? iteration).circulantDeviation ?? Number.NaN,
    );
    return [{ operation, structure, deviations }];
  });
}

/** Why there is nothing to be seen of an operation's structure; undefined where there is. */
export function whyNoStructure({ formula, structure }: OperationRecord, p: number): string | undefined {
  if (!structure) return `For ${formula} no order of the residues is known in which it would be addition.`;
  if (isKnown(structure, p)) return undefined;
  return `For ${formula} the residues would be put in the order of their discrete logarithms, but ${p} is not prime: they have none.`;
}

/** What the off-diagonal blocks are constant along. */
export function diagonalsOf({ block }: Structure): string {
  return block === 'circulant' ? 'wrapped diagonals' : 'wrapped anti-diagonals';
}

function isKnown({ group }: Structure, p: number): boolean {
  return group === 'additive' || isPrime(p);
}
