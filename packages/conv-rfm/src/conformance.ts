export { arcCosineRecursionCases } from './kernels/arc-cosine/recursion-cases.ts';
