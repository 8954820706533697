export { type Distribution, type RandomKey, randomArray, randomPermutation } from './distributions.ts';
export { philoxBlock } from './philox.ts';
export { type RandomPurpose, subkey } from './subkey.ts';
