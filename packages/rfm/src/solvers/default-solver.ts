import { fitsInMemory } from '../kernel-matrix/fits.ts';
import { conjugateGradientSolver } from './conjugate-gradients.ts';
import { refinedCholeskySolver } from './refined-cholesky.ts';
import type { Solver } from './solver.ts';

/**
 * What fits take where no solver is named: {@link refinedCholeskySolver} as long as the kernel matrix fits
 * the memory of the backend, {@link conjugateGradientSolver} beyond.
 *
 * @returns a solver for the fits of one loop
 */
export function defaultSolver(): Solver {
  const { name, solve } = refinedCholeskySolver();
  const beyond = conjugateGradientSolver();
  return {
    name,
    solve,
    isImplicit: (backend, order, dtype) => !fitsInMemory(backend, order, dtype),
    ...(beyond.solveImplicit && { solveImplicit: beyond.solveImplicit }),
  };
}
