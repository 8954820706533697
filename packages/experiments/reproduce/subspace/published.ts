import type { SubspaceMethod } from '@agop/subspace';

/** A row of the published table: means of bᵀ(I - B₀B₀ᵀ)b for the four directions over 200 samples. */
export interface PublishedRow {
  readonly n: number;
  readonly method: SubspaceMethod;
  readonly outside: readonly [number, number, number, number];
}

/**
 * Xia, Tong, Li, Zhu 2002, as the tutorial of XploRe, chapter 3.6, repeats it.
 */
export const published: readonly PublishedRow[] = [
  { n: 100, method: 'phd', outside: [0.2769, 0.2992, 0.4544, 0.5818] },
  { n: 100, method: 'opg', outside: [0.1524, 0.2438, 0.3444, 0.4886] },
  { n: 100, method: 'mave', outside: [0.1364, 0.187, 0.2165, 0.3395] },
  { n: 100, method: 'refinedMave', outside: [0.1137, 0.1397, 0.1848, 0.3356] },
  { n: 200, method: 'phd', outside: [0.1684, 0.1892, 0.3917, 0.6006] },
  { n: 200, method: 'opg', outside: [0.0713, 0.1013, 0.1349, 0.2604] },
  { n: 200, method: 'mave', outside: [0.071, 0.081, 0.0752, 0.1093] },
  { n: 200, method: 'refinedMave', outside: [0.0469, 0.0464, 0.0437, 0.0609] },
  { n: 400, method: 'phd', outside: [0.0961, 0.1151, 0.3559, 0.602] },
  { n: 400, method: 'opg', outside: [0.0286, 0.0388, 0.0448, 0.0565] },
  { n: 400, method: 'mave', outside: [0.03, 0.0344, 0.0292, 0.0303] },
  { n: 400, method: 'refinedMave', outside: [0.017, 0.0119, 0.0116, 0.0115] },
];

/** How many of 200 samples had which dimension by cross-validation, from 1 to 10. */
export const publishedDimensions: Readonly<Record<number, readonly number[]>> = {
  100: [0, 10, 23, 78, 44, 32, 11, 1, 1, 0],
  200: [0, 0, 5, 121, 50, 16, 8, 0, 0, 0],
};
