import { firstColumns, type HostMatrix, product } from '../linear/matrix.ts';
import { type Eigen, eigenOf } from '../linear/symmetric.ts';
import type { DirectionFinder } from './problem.ts';

/** A symmetric matrix whose leading eigenvectors are the directions, or W times them. */
export interface DirectionMatrix {
  readonly matrix: HostMatrix;
  /** W: from eigenvectors to directions, [p, p]; undefined for none. */
  readonly whitening?: HostMatrix | undefined;
}

/** The finder of a method that is the eigenvectors of one matrix, which is made once. */
export function matrixFinder(make: () => Promise<DirectionMatrix>): DirectionFinder {
  let made: Promise<{ readonly eigen: Eigen; readonly whitening: HostMatrix | undefined }> | undefined;
  const eigen = () => {
    made ??= make().then(({ matrix, whitening }) => ({ eigen: eigenOf(matrix), whitening }));
    return made;
  };
  return {
    eigenvalues: async () => (await eigen()).eigen.values,
    async directions(dimension) {
      const { eigen: found, whitening } = await eigen();
      const vectors = firstColumns(found.vectors, dimension);
      return {
        basis: whitening ? product(whitening, vectors) : vectors,
        eigenvalues: found.values,
      };
    },
    dispose: () => undefined,
  };
}
