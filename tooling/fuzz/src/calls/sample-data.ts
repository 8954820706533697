/** Small samples and targets, made anew for each call. */
export const rows = (): number[][] =>
  Array.from({ length: 10 }, (_, i) => [Math.sin(i), Math.cos(3 * i), (i % 5) / 5]);
export const values = (): number[] => rows().map(([a = 0, b = 0]) => a * b + a);
export const labels = (): string[] => values().map((value) => (value > 0 ? 'up' : 'down'));
export const square = (): Float64Array => Float64Array.of(2, 0.5, 0, 0.5, 1, 0.25, 0, 0.25, 3);
export const pictures = () => ({
  data: Float64Array.from({ length: 6 * 25 }, (_, i) => Math.sin(i * i)),
  shape: [6, 5, 5, 1],
});
export const sides = (): number[] => [0, 1, 0, 1, 0, 1];
