// The lower triangle of a symmetric matrix, copied above its diagonal.

import { transposeBlock } from './transpose';

/**
 * Copies what lies strictly below the diagonal in rows iBegin to iEnd and columns jBegin to jEnd of C to its
 * place above it.
 */
export function mirrorBlock<T>(
  c: usize,
  strideC: i32,
  iBegin: i32,
  iEnd: i32,
  jBegin: i32,
  jEnd: i32,
): void {
  const stride = <usize>strideC * sizeof<T>();
  // A cache line of targets at a time.
  const chunk: i32 = 64 / <i32>sizeof<T>();
  for (let i = iBegin; i < iEnd; i += chunk) {
    const rows = min(chunk, iEnd - i);
    const source = c + <usize>i * stride + <usize>jBegin * sizeof<T>();
    const target = c + <usize>jBegin * stride + <usize>i * sizeof<T>();
    // Columns that lie below the diagonal in all these rows, then the small triangle.
    const square = max(0, min(jEnd, i) - jBegin);
    transposeBlock<T>(source, strideC, target, strideC, rows, square);
    for (let r = 0; r < rows; r++) {
      const end = min(jEnd, i + r) - jBegin;
      for (let q = square; q < end; q++) {
        store<T>(
          target + <usize>q * stride + <usize>r * sizeof<T>(),
          load<T>(source + <usize>r * stride + <usize>q * sizeof<T>()),
        );
      }
    }
  }
}
