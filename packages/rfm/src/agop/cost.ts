/** Sizes that decide how an AGOP is computed. */
export interface AgopSizes {
  readonly samples: number;
  readonly centers: number;
  readonly outputs: number;
  readonly features: number;
}

/**
 * True where the Gram product of the weights costs fewer operations than forming the gradients: many outputs times features against
 * the number of centers, as in modular arithmetic (c d = 7442 against m = 1860 for p = 61).
 */
export function gramIsCheaper({ samples: n, centers: m, outputs: c, features: d }: AgopSizes): boolean {
  const gradients = 2 * n * m * c * d + n * c * d * d;
  const gram = n * m * m + 4 * n * m * c + 2 * n * m * d + 2 * m * m * (c + d);
  return gram < gradients;
}
