import type { Precision, Work } from './contenders/protocol.ts';

/** One line of the benchmark: a piece of work, what it is measured in, and against whom. */
export interface Item {
  readonly work: Work;
  /** Rates are better when larger, times when smaller. */
  readonly measure:
    | { readonly unit: 'GFLOP/s'; readonly operations: number }
    | { readonly unit: 'rows/s'; readonly rows: number }
    | { readonly unit: 's' | 'MiB' };
  /** Names of the contenders other than our own, see contenders.ts. */
  readonly peers: readonly string[];
  /** Rounds in which all contenders take turns. */
  readonly rounds: number;
}

const both: readonly Precision[] = ['float32', 'float64'];
const blas = ['openblas', 'openblas-avx2'];

/** What is measured; `quick` takes under a minute. */
export function plan(quick: boolean): Item[] {
  const sizes = quick ? [1024] : [100, 512, 1024, 2048];
  const items: Item[] = [];
  const add = (
    work: string,
    dtypes: readonly Precision[],
    size: Readonly<Record<string, number>>,
    measure: Item['measure'],
    peers: readonly string[],
    rounds: number,
  ) => {
    for (const dtype of dtypes)
      items.push({
        work: { work, dtype, size },
        measure,
        peers,
        // A median and its spread need three.
        rounds: quick ? 3 : Math.max(rounds, 3),
      });
  };
  const rate = (operations: number) => ({ unit: 'GFLOP/s', operations }) as const;
  const seconds = { unit: 's' } as const;
  const perRow = (rows: number) => ({ unit: 'rows/s', rows }) as const;

  // Short ones often, so that they do not all fall into one of a shared machine's bad moments.
  const often = (n: number) => (n < 512 ? 40 : n <= 1024 ? 25 : 7);
  for (const n of sizes) add('gemm', both, { n }, rate(2 * n ** 3), blas, often(n));
  if (!quick) add('gemm', both, { m: 4000, n: 200, k: 4000 }, rate(2 * 4000 * 200 * 4000), blas, 7);
  for (const c of quick ? [] : [4, 10, 16, 32])
    add('gemm', both, { m: 2000, n: c, k: 2000 }, rate(2 * 2000 * c * 2000), blas, 25);
  for (const n of sizes) add('gram', both, { n }, rate(n ** 3), blas, often(n));
  // Few long rows: as the AGOP of modular arithmetic, and a metric's, have them.
  for (const [n, k] of quick
    ? []
    : ([
        [122, 3904],
        [100, 8000],
      ] as const))
    add('gram', both, { n, k }, rate(n * n * k), blas, 25);
  for (const n of quick ? [1024] : [...sizes, 4096])
    add('cholesky', both, { n }, rate(n ** 3 / 3), blas, often(n));
  for (const n of quick ? [1024] : [512, 1024, 2048]) add('triangular', both, { n }, rate(n ** 3), blas, 5);
  for (const n of quick ? [256] : [128, 512, 1024]) add('eigh', ['float64'], { n }, seconds, ['python'], 3);
  add('kernel', both, quick ? { n: 2048, d: 64 } : { n: 4096, d: 64 }, seconds, ['python'], 5);

  const rows = quick ? 5000 : 50_000;
  add('predict', both, { n: 4000, d: 100, c: 2, rows }, perRow(rows), ['python'], 5);
  add(
    'predict',
    ['float32'],
    { n: 4000, d: 20, c: 10, rows: 5000 },
    perRow(5000),
    ['python', 'scikit-learn'],
    5,
  );
  // scikit-learn computes the distances of the 1-norm on one thread, in seconds.
  add('predict1', ['float32'], { n: 4000, d: 20, c: 10, rows: 5000 }, perRow(5000), ['scikit-learn'], 3);
  for (const size of quick ? [8] : [1, 8, 64]) {
    const calls = 256 / size;
    add('requests', ['float32'], { n: 4000, d: 20, c: 10, rows: size, calls }, perRow(256), ['python'], 15);
  }
  if (!quick) for (const c of [1, 10]) add('agop', both, { n: 4000, d: 100, c }, seconds, [], 5);

  if (quick) {
    add('fit', ['float32'], { n: 200, d: 10, c: 1 }, seconds, ['python'], 3);
    add('beyond', ['float32'], { n: 3000, d: 20, c: 1 }, seconds, [], 3);
    add('fit', both, { n: 1000, d: 20, c: 1 }, seconds, ['python'], 2);
    add('grok', ['float64'], { p: 31, iterations: 3 }, seconds, ['python'], 2);
    return items;
  }
  for (const n of [100, 200, 500]) add('fit', both, { n, d: 10, c: 1 }, seconds, ['python'], 25);
  for (const c of [1, 10]) {
    add('beyond', ['float32'], { n: 10_000, d: 20, c }, seconds, [], 3);
    add('exact', ['float32'], { n: 10_000, d: 20, c }, seconds, [], 3);
    add('beyond', ['float32'], { n: 50_000, d: 20, c }, seconds, [], 3);
  }
  for (const n of [1000, 4000, 8000]) {
    for (const d of [20, 100]) {
      for (const c of [1, 2, 10]) {
        // The long ones once in each precision, and the headline of two outputs at n = 4000 more carefully.
        if (n === 8000 && (d === 20 || c === 1)) continue;
        const rounds = n === 8000 ? 1 : n === 4000 ? (c === 2 ? 3 : 2) : 3;
        add(
          'fit',
          both,
          { n, d, c },
          seconds,
          ['python', 'python-avx2'].slice(0, n === 4000 && c === 2 ? 2 : 1),
          rounds,
        );
      }
    }
  }
  add('leaf', ['float32'], { n: 4000, d: 100 }, seconds, ['python'], 2);
  for (const p of [31, 61, 97])
    add('grok', ['float64'], { p, iterations: 3 }, seconds, ['python'], p === 97 ? 1 : 2);
  return items;
}

/** A fit whose process does nothing else, for its peak memory. */
export const memoryWork = (quick: boolean): Work => ({
  work: 'fit',
  dtype: 'float32',
  size: quick ? { n: 2000, d: 100, c: 2 } : { n: 4000, d: 100, c: 2 },
});

/** Sizes of the scaling series, one and two threads. */
export const scalingSizes = (quick: boolean): readonly number[] =>
  quick ? [500, 1000] : [1000, 2000, 4000, 8000];
