/** Rows and targets that a fit learns at once. */
export const x = Array.from({ length: 200 }, (_, i) => [Math.sin(i), Math.cos(3 * i), Math.sin(7 * i)]);
export const y = x.map(([a = 0, b = 0]) => a * b);
