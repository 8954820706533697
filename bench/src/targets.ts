import type { Result } from './measure.ts';

/** A ratio that we want to reach, with V8's fusion to 256 bits (`agop`) and without (`agop-128`). */
interface Target {
  readonly what: string;
  /** Kind of work, as in a result's name. */
  readonly work: string;
  readonly peer: string;
  readonly sizes: (size: Result['size']) => boolean;
  readonly fused: number;
  readonly narrow: number;
}

const large = ({ n = 0 }: Result['size']): boolean => n >= 1024;
const everySize = (): boolean => true;

const targets: readonly Target[] = [
  {
    what: 'GEMM, n ≥ 1024, OpenBLAS held to AVX2',
    work: 'gemm',
    peer: 'openblas-avx2',
    sizes: large,
    fused: 0.9,
    narrow: 0.45,
  },
  {
    what: 'GEMM, n ≥ 1024, OpenBLAS as it likes',
    work: 'gemm',
    peer: 'openblas',
    sizes: large,
    fused: 0.5,
    narrow: 0.25,
  },
  {
    what: 'Cholesky, n ≥ 2048, OpenBLAS held to AVX2',
    work: 'cholesky',
    peer: 'openblas-avx2',
    sizes: ({ n = 0 }) => n >= 2048,
    fused: 0.95,
    narrow: 0.45,
  },
  {
    what: 'Laplace kernel matrix, torch cdist and exp',
    work: 'kernel',
    peer: 'python',
    sizes: everySize,
    fused: 3,
    narrow: 1.2,
  },
  {
    what: 'Eigenvectors, n = 512, numpy',
    work: 'eigh',
    peer: 'python',
    sizes: ({ n }) => n === 512,
    fused: 0.8,
    narrow: 0.4,
  },
  {
    what: 'RFM fit, n = 4000, d = 100, c = 2, PyTorch program',
    work: 'fit',
    peer: 'python',
    sizes: ({ n, d, c }) => n === 4000 && d === 100 && c === 2,
    fused: 3,
    narrow: 1.5,
  },
  {
    what: 'A leaf of xRFM, n = 4000, d = 100, xRFM',
    work: 'leaf',
    peer: 'python',
    sizes: everySize,
    fused: 2,
    narrow: 1,
  },
  {
    what: 'Grokking, p = 61, PyTorch program',
    work: 'grok',
    peer: 'python',
    sizes: ({ p }) => p === 61,
    fused: 5,
    narrow: 2.5,
  },
  {
    what: 'Peak memory of that fit',
    work: 'memory of a fit',
    peer: 'python',
    sizes: everySize,
    fused: 2,
    narrow: 2,
  },
];

/** A Markdown table: for each target the ratios that were measured, by dtype, and what we want. */
export function targetTable(results: readonly Result[]): string {
  const rows = targets.map((target) => {
    const cells = (['agop', 'agop-128'] as const).map((contender) => {
      const found = results.filter(
        ({ name, size }) => name === `${target.work}, ${contender} / ${target.peer}` && target.sizes(size),
      );
      return `${ratios(found)} | ${contender === 'agop' ? target.fused : target.narrow}`;
    });
    return `| ${target.what} | ${cells.join(' | ')} |`;
  });
  return ['| what | agop | target | agop-128 | target |', '|---|---|--:|---|--:|', ...rows].join('\n');
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
