// OpenBLAS through FFI, where it is installed: $AGOP_OPENBLAS, or the usual names. OPENBLAS_CORETYPE chooses
// its kernels when it is loaded.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import koffi from 'koffi';
import type { Answer, Work } from './protocol.ts';
import { serve, startClocks } from './serve.ts';

const { values } = parseArgs({ options: { threads: { type: 'string' } } });
const threads = Number(values.threads ?? availableParallelism());

const names = [
  'libopenblas.so.0',
  'libopenblas.so',
  'libopenblas.dylib',
  '/opt/homebrew/opt/openblas/lib/libopenblas.dylib',
];
const library = load(process.env['AGOP_OPENBLAS'] ? [process.env['AGOP_OPENBLAS']] : names);

library.func('void openblas_set_num_threads(int)')(threads);
const config = String(library.func('const char *openblas_get_config()')());
const core = String(library.func('const char *openblas_get_corename()')());

type Floats = Float32Array | Float64Array;
const [rowMajor, plain, transposed, lower, left, nonUnit] = [101, 111, 112, 122, 141, 131];

/** The functions of one precision: `s` or `d`. */
function functions(letter: 's' | 'd') {
  const [t, p] = letter === 's' ? ['float', 'float *'] : ['double', 'double *'];
  return {
    gemm: library.func(
      `void cblas_${letter}gemm(int, int, int, int, int, int, ${t}, ${p}, int, ${p}, int, ${t}, _Inout_ ${p}, int)`,
    ),
    syrk: library.func(
      `void cblas_${letter}syrk(int, int, int, int, int, ${t}, ${p}, int, ${t}, _Inout_ ${p}, int)`,
    ),
    trsm: library.func(
      `void cblas_${letter}trsm(int, int, int, int, int, int, int, ${t}, ${p}, int, _Inout_ ${p}, int)`,
    ),
    potrf: library.func(`void ${letter}potrf_(const char *, int *, _Inout_ ${p}, int *, _Out_ int *)`),
  };
}
const blas = { float32: functions('s'), float64: functions('d') };

function normal(length: number, dtype: Work['dtype']): Floats {
  const data = dtype === 'float32' ? new Float32Array(length) : new Float64Array(length);
  return data.map(() => Math.random() + Math.random() + Math.random() - 1.5);
}

function positiveDefinite(n: number, dtype: Work['dtype']): Floats {
  const [a, k] = [
    normal(n * n, dtype),
    dtype === 'float32' ? new Float32Array(n * n) : new Float64Array(n * n),
  ];
  for (let i = 0; i < n; i++) k[i * (n + 1)] = 1;
  blas[dtype].gemm(rowMajor, plain, transposed, n, n, n, 1 / n, a, n, a, n, 1, k, n);
  return k;
}

const works: Record<string, (n: number, work: Work) => () => void> = {
  gemm(n, { dtype, size }) {
    const { m = n, k = n } = size;
    const [a, b, out] = [normal(m * k, dtype), normal(k * n, dtype), normal(m * n, dtype)];
    return () => blas[dtype].gemm(rowMajor, plain, plain, m, n, k, 1, a, k, b, n, 0, out, n);
  },
  gram(n, { dtype, size }) {
    const { k = n } = size;
    const [a, out] = [normal(n * k, dtype), normal(n * n, dtype)];
    return () => blas[dtype].syrk(rowMajor, lower, plain, n, k, 1, a, k, 0, out, n);
  },
  cholesky(n, { dtype }) {
    const a = positiveDefinite(n, dtype);
    const work = a.slice();
    return () => {
      work.set(a);
      const info = [0];
      blas[dtype].potrf('L', [n], work, [n], info);
      if (info[0] !== 0) throw new Error(`potrf: ${info[0]}`);
    };
  },
  triangular(n, { dtype }) {
    const l = positiveDefinite(n, dtype); // any well-conditioned triangle will do
    const b = normal(n * n, dtype);
    const work = b.slice();
    return () => {
      work.set(b);
      blas[dtype].trsm(rowMajor, left, lower, plain, nonUnit, n, n, 1, l, n, work, n);
    };
  },
};

let prepared: { readonly key: string; readonly run: () => void } | undefined;
await serve(
  `OpenBLAS ${config.split(' ')[1]}, kernels for ${core}, ${threads} threads`,
  async (work): Promise<Answer> => {
    const make = works[work.work];
    if (!make) return { cannot: `no ${work.work}` };
    const key = JSON.stringify(work);
    if (prepared?.key !== key) prepared = { key, run: make(work.size['n'] ?? 0, work) };
    const stop = startClocks();
    prepared.run();
    return stop();
  },
);

function load(candidates: readonly string[]): ReturnType<typeof koffi.load> {
  const failures: string[] = [];
  for (const name of candidates) {
    try {
      return koffi.load(name);
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
  }
  console.error(`OpenBLAS was not found (${failures.join('; ')})`);
  process.exit(1);
}
