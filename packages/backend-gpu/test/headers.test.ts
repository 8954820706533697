import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { libraryFolders } from '../src/driver/places.ts';
import {
  blasSignatures,
  compilerSignatures,
  driverSignatures,
  type ParameterKind,
  type Signature,
  solverSignatures,
} from '../src/driver/signatures.ts';

// A wrong signature is memory overwritten at run time. Where CUDA's headers are, g++ compares every signature
// with them.

/** Folders of headers: beside nvcc, and beside the libraries. */
function includeFolders(): string[] {
  const paths = (process.env['PATH'] ?? '').split(delimiter);
  const compilers = paths.map((folder) => join(folder, 'nvcc')).filter((file) => existsSync(file));
  const roots = [
    ...compilers.map((file) => dirname(dirname(realpathSync(file)))),
    ...['CUDA_HOME', 'CUDA_PATH'].flatMap((name) => process.env[name] ?? []),
    '/usr/local/cuda',
    ...libraryFolders(process.env).map((folder) => dirname(folder)),
  ];
  return [...new Set(roots.map((root) => join(root, 'include')))].filter((folder) => existsSync(folder));
}

const includes = includeFolders();
const hasCompiler = spawnSync('g++', ['--version']).status === 0;

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

const folder = mkdtempSync(join(tmpdir(), 'agop-headers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Compiles an assertion for each signature; throws what g++ says. */
function compareWith(header: string, signatures: Readonly<Record<string, Signature>>): void {
  const assertions = Object.entries(signatures).map(([name, signature]) => {
    const kinds = signature.map((kind) => letters[kind]).join('');
    return `static_assert(matches(&${name}, "${kinds}"), "${name}");`;
  });
  const file = join(folder, 'check.cpp');
  writeFileSync(file, `#include <${header}>\n${checker}${assertions.join('\n')}\n`);
  execFileSync('g++', ['-std=c++17', '-fsyntax-only', ...includes.flatMap((i) => ['-isystem', i]), file], {
    stdio: 'pipe',
  });
}

// cuda.h names newer versions of some functions; the older ones, which old drivers have too, remain.
const { cuEventElapsedTime, ...current } = driverSignatures;

const tables = [
  ['cuda.h', { ...current, cuEventElapsedTime_v2: cuEventElapsedTime }],
  ['cublas_v2.h', blasSignatures],
  ['cusolverDn.h', solverSignatures],
  ['nvrtc.h', compilerSignatures],
] as const;

for (const [header, signatures] of tables) {
  const isThere = hasCompiler && includes.some((path) => existsSync(join(path, header)));
  const title = `the signatures are those of ${header}`;
  if (!isThere)
    test.skip(`LEFT OUT, ${title}: ${hasCompiler ? 'it is not installed' : 'g++ is not on PATH'}`);
  else {
    test(title, { timeout: 60_000 }, () => {
      compareWith(header, signatures);
      const [name, signature] = Object.entries(signatures)[0] as [string, Signature];
      expect(() => compareWith(header, { [name]: [...signature, 'i32'] })).toThrow(name);
    });
  }
}
