import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { dataType } from '../src/cuda/cholesky-library.ts';
import { mathMode } from '../src/cuda/precision.ts';
import { fillMode, operation } from '../src/cuda/products.ts';
import { attributes } from '../src/device/facts.ts';
import { libraryFolders, toolkitRoots } from '../src/driver/places.ts';
import {
  alternativeSymbols,
  blasSignatures,
  compilerSignatures,
  driverSignatures,
  type ParameterKind,
  type Signature,
  solverSignatures,
} from '../src/driver/signatures.ts';
import { CUDA, statusNames } from '../src/driver/status.ts';

// A wrong signature is memory overwritten at run time. Where CUDA's headers are, g++ compares every
// signature, every constant and the sizes of handles with them.

/** A header, what is called of it, and the files that define its constants. */
export interface HeaderTable {
  readonly header: string;
  readonly signatures: Readonly<Record<string, Signature>>;
  readonly constants: Readonly<Record<string, number>>;
  readonly files: readonly string[];
}

const byNumber = (names: Readonly<Record<number, string>>): Record<string, number> =>
  Object.fromEntries(Object.entries(names).map(([number, name]) => [name, Number(number)]));

export const headerTables: readonly HeaderTable[] = [
  {
    header: 'cuda.h',
    signatures: driverSignatures,
    files: ['cuda.h'],
    constants: {
      ...byNumber(statusNames.driver),
      CUDA_SUCCESS: CUDA.success,
      CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT: attributes.multiprocessors,
      CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE: attributes.l2CacheBytes,
      CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR: attributes.computeMajor,
      CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR: attributes.computeMinor,
      CU_DEVICE_ATTRIBUTE_SINGLE_TO_DOUBLE_PRECISION_PERF_RATIO: attributes.singleToDoubleRatio,
      CU_DEVICE_ATTRIBUTE_MEMORY_POOLS_SUPPORTED: attributes.memoryPools,
      CU_STREAM_NON_BLOCKING: 1,
      CU_EVENT_DISABLE_TIMING: 2,
      CU_MEMHOSTALLOC_PORTABLE: 1,
      'sizeof(CUdevice)': 4,
      'sizeof(CUdeviceptr)': 8,
      'sizeof(CUcontext)': 8,
      'sizeof(CUstream)': 8,
      'sizeof(CUevent)': 8,
      'sizeof(CUfunction)': 8,
      'sizeof(CUmemoryPool)': 8,
    },
  },
  {
    header: 'cublas_v2.h',
    signatures: blasSignatures,
    files: ['cublas_api.h', 'library_types.h'],
    constants: {
      ...byNumber(statusNames.blas),
      CUBLAS_OP_N: operation.none,
      CUBLAS_OP_T: operation.transposed,
      CUBLAS_FILL_MODE_LOWER: fillMode.lower,
      CUBLAS_FILL_MODE_UPPER: fillMode.upper,
      CUBLAS_SIDE_LEFT: 0,
      CUBLAS_SIDE_RIGHT: 1,
      CUBLAS_DIAG_NON_UNIT: 0,
      CUBLAS_DEFAULT_MATH: mathMode.default,
      CUBLAS_TF32_TENSOR_OP_MATH: mathMode.tf32,
      CUDA_R_32F: dataType.float32,
      CUDA_R_64F: dataType.float64,
      'sizeof(cublasHandle_t)': 8,
    },
  },
  {
    header: 'cusolverDn.h',
    signatures: solverSignatures,
    files: ['cusolver_common.h', 'cusolverDn.h'],
    constants: {
      ...byNumber(statusNames.solver),
      CUSOLVER_EIG_MODE_VECTOR: 1,
      'sizeof(cusolverDnHandle_t)': 8,
      'sizeof(cusolverDnParams_t)': 8,
    },
  },
  {
    header: 'nvrtc.h',
    signatures: compilerSignatures,
    files: ['nvrtc.h'],
    constants: { ...byNumber(statusNames.compiler), 'sizeof(nvrtcProgram)': 8 },
  },
];

/** Folders of headers, those of toolkits and those beside libraries. */
export function includeFolders(environment: NodeJS.ProcessEnv = process.env): string[] {
  const roots = [
    ...toolkitRoots(environment),
    ...libraryFolders(environment).map((folder) => dirname(folder)),
  ];
  return [...new Set(roots.map((root) => join(root, 'include')))].filter((folder) => existsSync(folder));
}

const letters: Readonly<Record<ParameterKind, string>> = {
  i32: 'i',
  u32: 'u',
  i64: 'l',
  size: 'z',
  address: 'a',
  host: 'h',
  text: 't',
  texts: 's',
};

const checker = `
#include <cstddef>
#include <cstdint>
#include <type_traits>
template <class T> constexpr bool fits(char kind) {
  constexpr bool isInteger = std::is_integral_v<T> || std::is_enum_v<T>;
  switch (kind) {
    case 'i': return isInteger && sizeof(T) == 4;
    case 'u': return isInteger && sizeof(T) == 4 && !std::is_signed_v<T>;
    case 'l': return std::is_integral_v<T> && sizeof(T) == 8 && std::is_signed_v<T>;
    case 'z': return std::is_same_v<T, std::size_t>;
    case 'a': return std::is_pointer_v<T> || std::is_same_v<T, unsigned long long>;
    case 'h': return std::is_pointer_v<T>;
    case 't': return std::is_same_v<T, const char *>;
    case 's': return std::is_same_v<T, const char *const *>;
  }
  return false;
}
template <class R, class... A> constexpr bool matches(R (*)(A...), const char *kinds) {
  static_assert(sizeof(R) == 4);
  bool all = true;
  ((all = all && fits<A>(*kinds), kinds += *kinds != 0), ...);
  return all && *kinds == 0;
}
`;

/**
 * Compiles an assertion for each signature and each constant that this version of a header has.
 *
 * @param includes folders, of which the first with a file counts
 * @returns how many constants were compared
 * @throws what g++ says
 */
export function compareWithHeader(table: HeaderTable, includes: readonly string[]): number {
  const { header, signatures } = table;
  const text = table.files.map((file) => readFirst(includes, file)).join('\n');
  const own = readFirst(includes, header) + text;
  const constants = Object.entries(table.constants).filter(
    ([name]) => name.startsWith('sizeof') || new RegExp(`\\b${name}\\b`).test(text),
  );
  const assertions = [
    ...Object.entries(signatures).map(([name, signature]) => {
      // Headers may name another version of a function than the one that all libraries have.
      const names = [name, ...(alternativeSymbols[name] ?? [])];
      const known = names.find((symbol) => new RegExp(`\\b${symbol}\\b`).test(own)) ?? name;
      const kinds = signature.map((kind) => letters[kind]).join('');
      return `static_assert(matches(&${known}, "${kinds}"), "${name}");`;
    }),
    ...constants.map(([name, value]) => `static_assert((long long)${name} == ${value}, "${name}");`),
  ];
  const folder = mkdtempSync(join(tmpdir(), 'agop-headers-'));
  try {
    const file = join(folder, 'check.cpp');
    writeFileSync(file, `#include <${header}>\n${checker}${assertions.join('\n')}\n`);
    const options = includes.flatMap((include) => ['-isystem', include]);
    execFileSync('g++', ['-std=c++17', '-fsyntax-only', ...options, file], { stdio: 'pipe' });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return constants.length;
}

function readFirst(includes: readonly string[], name: string): string {
  const file = includes.map((include) => join(include, name)).find((path) => existsSync(path));
  return file === undefined ? '' : readFileSync(file, 'utf8');
}
