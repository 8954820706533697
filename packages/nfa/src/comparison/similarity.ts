/** Cosine and Pearson correlation of two matrices as vectors of their entries. */
export interface Similarity {
  readonly cosine: number;
  readonly pearson: number;
}

/** What the similarity of a matrix with others needs of it: ‖·‖² and the sum of its entries. */
export interface Moments {
  readonly square: number;
  readonly sum: number;
}

/**
 * The similarity of two matrices that are known by their moments.
 *
 * @param inner the sum of the products of their entries
 * @param cells entries of each
 */
export function similarityOf(a: Moments, b: Moments, inner: number, cells: number): Similarity {
  const spread = ({ square, sum }: Moments): number => square - (sum * sum) / cells;
  return {
    cosine: inner / Math.sqrt(a.square * b.square),
    pearson: (inner - (a.sum * b.sum) / cells) / Math.sqrt(spread(a) * spread(b)),
  };
}
