/**
 * Linear algebra on host memory, for backends without a decomposition of their own and for small matrices.
 */
export { cholesky, solveTriangular } from './host/cholesky.ts';
export type { Dense } from './host/dense.ts';
export { eigh, type HostEigendecomposition } from './host/eigen.ts';
