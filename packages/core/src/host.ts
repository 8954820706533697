/** Linear algebra on the host, for backends without decompositions of their own and for small matrices. */
export { cholesky, solveTriangular } from './host/cholesky.ts';
export type { Dense } from './host/dense.ts';
export { eigh, type HostEigendecomposition } from './host/eigen.ts';
