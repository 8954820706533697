import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { generatedSources, type NamedSource, packageSources, together } from './sources.ts';
import { findTool } from './tools.ts';

const nvcc = findTool('nvcc') ?? 'nvcc';
const missing =
  spawnSync(nvcc, ['--version']).status === 0
    ? undefined
    : 'nvcc is neither on PATH nor in the usual folders';

if (missing) test.skip(`LEFT OUT, kernels through nvcc: ${missing}`);

describe.skipIf(missing)('nvcc', () => {
  const folder = mkdtempSync(join(tmpdir(), 'agop-nvcc-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function compile(sources: readonly NamedSource[]): string {
    const [file, ptx] = [join(folder, 'all.cu'), join(folder, 'all.ptx')];
    writeFileSync(file, together(sources));
    execFileSync(nvcc, ['--ptx', '--std=c++17', '--fmad=false', '-Werror', 'all-warnings', '-o', ptx, file], {
      stdio: 'pipe',
    });
    return readFileSync(ptx, 'utf8');
  }

  test('compiles every kernel source and the generated expressions', { timeout: 180_000 }, () => {
    const sources = [...packageSources(), ...generatedSources()];
    const ptx = compile(sources);
    const kernels = sources.flatMap(({ source }) => [...source.matchAll(/__global__/g)]);
    expect(kernels.length).toBeGreaterThan(100);
    expect([...ptx.matchAll(/^\.visible \.entry|^\.entry/gm)]).toHaveLength(kernels.length);
  });

  test('contracts no product and sum to one operation', { timeout: 60_000 }, () => {
    const polynomials = generatedSources().filter(({ name }) => name.startsWith('polynomial'));
    expect(compile(polynomials)).not.toContain('fma.rn');
  });

  test('refuses a mistake', () => {
    const wrong = { name: 'wrong', source: 'extern "C" __global__ void wrong(float* a) { a[0] = missing; }' };
    expect(() => compile([wrong])).toThrow(/missing/);
  });
});
