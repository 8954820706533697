import { conformanceCases, engineCases, lifecycleCases } from '@agop/conformance';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backendOf, engineOf } from './everything.ts';
import { installedLibraries } from './libraries.ts';

const threads = 2;

/** What a library takes part in; all else is the engine's own. */
const byLibrary = ['matmul', 'gram', 'cholesky', 'solveTriangular', 'solvePositiveDefinite', 'eigh'];
/** What the engine does around it, which is the same for all libraries. */
const around = ['matmul in batches', 'pairwise', 'determinism'];

/** With `AGOP_BLAS_CHECK=1` (`pnpm blas:check`) all libraries are tried, else the first. */
const isWhole = process.env['AGOP_BLAS_CHECK'] === '1';

let isFirst = true;
for (const { name, blas } of installedLibraries()) {
  if (!blas) {
    test.skip(`LEFT OUT, conformance with ${name}: it is not installed`);
    continue;
  }
  if (!isFirst && !isWhole) {
    test.skip(`LEFT OUT, conformance with ${name}: pnpm blas:check runs it`);
    continue;
  }
  const groups = isFirst ? [...byLibrary, ...around] : byLibrary.filter((one) => one !== 'eigh' || blas.eigh);
  const lives = isFirst ? lifecycleCases : [];
  isFirst = false;
  const cases = conformanceCases.filter(({ group }) => groups.includes(group));
  describe(`wasm engine with ${name}`, () => {
    let backend: Awaited<ReturnType<typeof backendOf>>;
    beforeAll(async () => {
      backend = await backendOf(blas, threads);
    });
    afterAll(() => backend.dispose());

    for (const { group, name, run } of cases) test(`${group}: ${name}`, () => run(backend));
    for (const { name, run } of lives) test(name, () => run(() => backendOf(blas, threads)));
    for (const { name, run } of engineCases) test(name, () => run(() => engineOf(blas, threads)));
  });
}

test('the groups of cases are still called so', () => {
  const known = new Set(conformanceCases.map(({ group }) => group));
  expect([...byLibrary, ...around].filter((group) => !known.has(group))).toEqual([]);
});
