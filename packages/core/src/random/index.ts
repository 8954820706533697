export { type Distribution, type RandomKey, randomArray, randomPermutation } from './distributions.ts';
export { philoxBlock } from './philox.ts';
