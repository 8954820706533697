import type { LibraryHandle } from 'koffi';
import type { BlasFunctions, NativeBlas, Strided, View } from './blas.ts';

/** How a library spells its functions: what stands before and after the usual name. */
interface Spelling {
  readonly before: string;
  readonly after: string;
}

/**
 * Spellings in use: that of Accelerate's present LAPACK, which also has an older one without mark; the usual
 * one; those of libraries with 64-bit integers (OpenBLAS, MKL); those of the wheels of NumPy and SciPy.
 */
const spellings: readonly Spelling[] = [
  { before: '', after: '$NEWLAPACK' },
  { before: '', after: '' },
  { before: '', after: '64_' },
  { before: '', after: '_64' },
  { before: 'scipy_', after: '64_' },
  { before: 'scipy_', after: '' },
];

/** Constants of CBLAS. */
const ROW_MAJOR = 101;
const [NO_TRANS, TRANS] = [111, 112];
const LOWER = 122;
const NON_UNIT = 131;
const [LEFT, RIGHT] = [141, 142];

/**
 * Sizes are declared with 64 bits for all libraries. Those with 32-bit integers read the lower half: in the
 * calling conventions of x86-64 and ARM64 a number has a register or eight bytes of the stack for itself
 * (none of these functions has two small ones side by side there), and what is passed by its address is
 * little-endian.
 */
const INTEGER = 'int64';

type Native = (...values: readonly unknown[]) => unknown;

/**
 * The functions of a library, or undefined where it is no BLAS.
 *
 * @param file it was loaded from
 */
export function bindBlas(library: LibraryHandle, file: string): NativeBlas | undefined {
  const find = finder(library);
  const spelling = spellings.find(({ before, after }) => find([`${before}cblas_dgemm${after}`], 'void', []));
  if (!spelling) return undefined;
  const named = (name: string): string => `${spelling.before}${name}${spelling.after}`;
  const float32 = bindFunctions(find, named, 's');
  const float64 = bindFunctions(find, named, 'd');
  if (!float32 || !float64) return undefined;
  const eigh = bindEigh(find, [named('dsyevd_'), named('dsyevd')]);
  return { file, functions: { float32, float64 }, eigh, ...identify(find, named, spelling) };
}

type Find = (symbols: readonly string[], result: string, parameters: readonly string[]) => Native | undefined;

/** The first function that is there under one of its names. */
function finder(library: LibraryHandle): Find {
  return (symbols, result, parameters) => {
    for (const symbol of symbols) {
      try {
        return library.func(symbol, result, [...parameters]);
      } catch {
        // Not under this name.
      }
    }
    return undefined;
  };
}

function bindFunctions(
  find: Find,
  named: (name: string) => string,
  letter: 's' | 'd',
): BlasFunctions | undefined {
  const scalar: Record<typeof letter, string> = { s: 'float', d: 'double' };
  const real = scalar[letter];
  const matrix = ['void *', INTEGER];
  const enums = (count: number): string[] => Array.from({ length: count }, () => 'int');
  const sizes = (count: number): string[] => Array.from({ length: count }, () => INTEGER);
  const gemm = find([named(`cblas_${letter}gemm`)], 'void', [
    ...enums(3),
    ...sizes(3),
    real,
    ...matrix,
    ...matrix,
    real,
    ...matrix,
  ]);
  const syrk = find([named(`cblas_${letter}syrk`)], 'void', [
    ...enums(3),
    ...sizes(2),
    real,
    ...matrix,
    real,
    ...matrix,
  ]);
  const trsm = find([named(`cblas_${letter}trsm`)], 'void', [
    ...enums(5),
    ...sizes(2),
    real,
    ...matrix,
    ...matrix,
  ]);
  if (!gemm || !syrk || !trsm) return undefined;
  const operation = (transpose: boolean): number => (transpose ? TRANS : NO_TRANS);
  const parts = ({ view, stride }: Strided) => [view, stride] as const;
  return {
    gemm(transposeA, transposeB, { m, n, k }, alpha, a, b, beta, c) {
      const operations = [operation(transposeA), operation(transposeB)];
      gemm(ROW_MAJOR, ...operations, m, n, k, alpha, ...parts(a), ...parts(b), beta, ...parts(c));
    },
    syrkLower(transpose, n, k, alpha, a, beta, c) {
      syrk(ROW_MAJOR, LOWER, operation(transpose), n, k, alpha, ...parts(a), beta, ...parts(c));
    },
    trsmLower(side, transpose, m, n, l, b) {
      const from = side === 'left' ? LEFT : RIGHT;
      trsm(ROW_MAJOR, from, LOWER, operation(transpose), NON_UNIT, m, n, 1, ...parts(l), ...parts(b));
    },
  };
}

/** LAPACK's dsyevd: divide and conquer. */
function bindEigh(find: Find, symbols: readonly string[]): NativeBlas['eigh'] {
  const pointers = Array.from({ length: 9 }, () => 'void *');
  const native = find(symbols, 'void', ['const char *', 'const char *', ...pointers]);
  if (!native) return undefined;
  const integer = (value: number): BigInt64Array => BigInt64Array.of(BigInt(value));
  return (n: number, a: View, values: View, { floats, integers }) => {
    const order = integer(n);
    const outcome = new Int32Array(2);
    // The lower triangle of rows is the upper one of LAPACK's columns, and vectors in columns are rows here.
    native(
      'V',
      'U',
      order,
      a,
      order,
      values,
      floats,
      integer(floats.length),
      integers,
      // In words of 8 bytes, as integers of the library may be.
      integer(Math.floor(integers.byteLength / 8)),
      outcome,
    );
    return outcome[0] === 0;
  };
}

/** What a library is, by functions that only it has. */
function identify(
  find: Find,
  named: (name: string) => string,
  { after }: Spelling,
): Pick<NativeBlas, 'title' | 'isTuned' | 'useThreads'> {
  const text = (name: string): string | undefined => {
    const value = find([name], 'const char *', [])?.();
    return typeof value === 'string' ? value : undefined;
  };
  const takesInt = (symbols: readonly string[], type: string): ((value: number) => void) | undefined => {
    const native = find(symbols, 'void', [type]);
    return native && ((value) => void native(value));
  };
  const config = text(named('openblas_get_config'));
  if (config !== undefined) {
    const core = text(named('openblas_get_corename')) ?? 'unknown';
    const version = /\d+(\.\d+)+/.exec(config)?.[0] ?? '';
    return {
      title: `OpenBLAS ${version} (${core})`,
      isTuned: !/generic|unknown/i.test(core),
      useThreads: takesInt([named('openblas_set_num_threads')], 'int'),
    };
  }
  const blisVersion = text('bli_info_get_version_str');
  if (blisVersion !== undefined) {
    const architecture = find(['bli_arch_string'], 'const char *', ['int']);
    const own = String(architecture?.(find(['bli_arch_query_id'], 'int', [])?.()) ?? 'unknown');
    return {
      title: `BLIS ${blisVersion} (${own})`,
      isTuned: !/generic|unknown/i.test(own),
      useThreads: takesInt(['bli_thread_set_num_threads'], INTEGER),
    };
  }
  const setMklThreads = takesInt(['MKL_Set_Num_Threads'], 'int');
  if (setMklThreads) return { title: 'MKL', isTuned: true, useThreads: setMklThreads };
  if (after === '$NEWLAPACK') {
    // It has as many threads as it likes, or one.
    const setThreading = takesInt(['BLASSetThreading'], 'int');
    const useThreads = setThreading && ((count: number) => setThreading(count === 1 ? 1 : 0));
    return { title: 'Accelerate', isTuned: true, useThreads };
  }
  return { title: 'an unknown BLAS', isTuned: false, useThreads: undefined };
}
