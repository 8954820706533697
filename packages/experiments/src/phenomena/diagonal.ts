/** The diagonal of a square matrix, row-major. */
export function diagonalOf(matrix: Float64Array): Float64Array {
  const order = Math.round(Math.sqrt(matrix.length));
  return Float64Array.from({ length: order }, (_, i) => matrix[i * (order + 1)] as number);
}

/** The part of the sum of a diagonal that lies in some columns. */
export function shareIn(diagonal: Float64Array, columns: readonly number[]): number {
  const sum = diagonal.reduce((total, value) => total + value, 0);
  return columns.reduce((total, column) => total + (diagonal[column] as number), 0) / sum;
}

/** A diagonal over the pixels of an image, the channels added up: one number for each pixel. */
export function overPixels(diagonal: Float64Array, channels: number): number[] {
  return Array.from({ length: diagonal.length / channels }, (_, pixel) =>
    diagonal.subarray(pixel * channels, (pixel + 1) * channels).reduce((sum, value) => sum + value, 0),
  );
}
