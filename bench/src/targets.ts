import type { Result } from './measure.ts';

/**
 * A ratio that we want to reach, with V8's fusion to 256 bits (`agop`), without (`agop-128`), and with
 * OpenBLAS for large products (`agop-blas`).
 */
interface Target {
  readonly what: string;
  /** Kind of work, as in a result's name. */
  readonly work: string;
  readonly peer: string;
  readonly sizes: (size: Result['size']) => boolean;
  readonly fused: number;
  readonly narrow: number;
  readonly blas?: number;
}

const large = ({ n = 0 }: Result['size']): boolean => n >= 1024;
const everySize = (): boolean => true;

const fitOf =
  (n: number, d: number, c: number) =>
  (size: Result['size']): boolean =>
    size['n'] === n && size['d'] === d && size['c'] === c;

const targets: readonly Target[] = [
  target('GEMM, n ≥ 1024, OpenBLAS held to AVX2', 'gemm', 'openblas-avx2', large, 0.85, 0.5),
  target('GEMM, n ≥ 1024, OpenBLAS at its best', 'gemm', 'openblas', large, 0.5, 0.25, 0.95),
  target('Gram, n ≥ 1024, OpenBLAS held to AVX2', 'gram', 'openblas-avx2', large, 0.85, 0.5),
  target('Gram, n ≥ 1024, OpenBLAS at its best', 'gram', 'openblas', large, 0.5, 0.25, 0.95),
  target('Cholesky, n ≥ 1024, OpenBLAS held to AVX2', 'cholesky', 'openblas-avx2', large, 0.85, 0.5),
  target('Cholesky, n ≥ 1024, OpenBLAS at its best', 'cholesky', 'openblas', large, 0.5, 0.25, 0.95),
  target('Laplace kernel matrix, torch cdist and exp', 'kernel', 'python', everySize, 3, 1.2),
  target('Eigenvectors, n = 512, numpy', 'eigh', 'python', ({ n }) => n === 512, 0.8, 0.4),
  target('RFM fit, n = 4000, d = 100, c = 2, PyTorch', 'fit', 'python', fitOf(4000, 100, 2), 3, 2, 4),
  target('RFM fit, n = 4000, d = 100, c = 10, PyTorch', 'fit', 'python', fitOf(4000, 100, 10), 2, 1.3, 3),
  target('RFM fit, n = 200, d = 10, c = 1, PyTorch', 'fit', 'python', fitOf(200, 10, 1), 5, 3, 5),
  target('A leaf of xRFM, n = 4000, d = 100, xRFM', 'leaf', 'python', everySize, 2, 1.3, 2.5),
  target('Grokking, p = 61, PyTorch program', 'grok', 'python', ({ p }) => p === 61, 6, 3.5, 7),
  target('Predictions, rows per second, torch', 'predict', 'python', everySize, 3, 1.2),
  target('Peak memory of a fit', 'memory of a fit', 'python', everySize, 2, 2),
];

function target(
  what: string,
  work: string,
  peer: string,
  sizes: Target['sizes'],
  fused: number,
  narrow: number,
  blas?: number,
): Target {
  return { what, work, peer, sizes, fused, narrow, ...(blas !== undefined && { blas }) };
}

/** A Markdown table: for each target the ratios that were measured, by dtype, and what we want. */
export function targetTable(results: readonly Result[]): string {
  const rows = targets.map((target) => {
    const wanted = { agop: target.fused, 'agop-128': target.narrow, 'agop-blas': target.blas };
    const cells = Object.entries(wanted).map(([contender, least]) => {
      const found = results.filter(
        ({ name, size }) => name === `${target.work}, ${contender} / ${target.peer}` && target.sizes(size),
      );
      return `${ratios(found)} | ${least ?? ''}`;
    });
    return `| ${target.what} | ${cells.join(' | ')} |`;
  });
  const head = '| what | agop | target | agop-128 | target | agop-blas | target |';
  return [head, '|---|---|--:|---|--:|---|--:|', ...rows].join('\n');
}

/** `float32 0.85 to 0.91, float64 0.86` */
function ratios(results: readonly Result[]): string {
  const byDtype = Map.groupBy(
    results.filter(({ ratio }) => ratio !== null),
    ({ dtype }) => dtype,
  );
  return [...byDtype]
    .map(([dtype, some]) => {
      const values = some.map(({ ratio }) => ratio as number);
      const [low, high] = [Math.min(...values).toFixed(2), Math.max(...values).toFixed(2)];
      return `${dtype} ${low === high ? low : `${low} to ${high}`}`;
    })
    .join(', ');
}
