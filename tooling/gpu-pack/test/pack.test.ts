import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fixtureFolder } from '@agop/fixtures';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildEmulator } from '../../../packages/backend-gpu/test/emulator/build.ts';

const script = join(import.meta.dirname, '../src/pack.ts');

describe('pnpm gpu:pack', () => {
  const folder = mkdtempSync(join(tmpdir(), 'agop-pack-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  let packed = '';

  beforeAll(() => {
    const options = ['--without-node', '--out', folder];
    packed = execFileSync(process.execPath, ['-C', '@agop/source', script, ...options], { encoding: 'utf8' });
    symlinkSync(process.execPath, join(folder, 'node'));
  }, 60_000);

  /** Runs the packed program from elsewhere, without anything of this workspace. */
  function run(args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
    const env = { PATH: process.env['PATH'], AGOP_CACHE: folder, ...environment };
    return spawnSync(join(folder, 'run.sh'), args, { cwd: '/', env, encoding: 'utf8' });
  }

  test('holds the programs, the kernels, koffi with its binary, and the fixtures', () => {
    for (const file of [
      'agop-gpu.mjs',
      'kernels/prelude.cu',
      'torch_rfm.py',
      'node_modules/koffi/index.js',
    ]) {
      expect(existsSync(join(folder, file)), file).toBe(true);
    }
    expect(existsSync(join(folder, 'fixtures'))).toBe(fixtureFolder().path !== undefined);
  });

  test('says how large it is: small enough with what xz makes of Node', () => {
    const [, size = 'NaN'] = /: ([\d.]+) MiB$/m.exec(packed) ?? [];
    // 28.6 MiB for Node 24.21; pnpm gpu:pack refuses more than 40 MiB in all.
    expect(Number(size)).toBeLessThan(11);
  });

  test('starts, and without a device says so and ends with code 2', () => {
    const { status, stdout, stderr } = run(['info']);
    if (status === 2) {
      expect(stdout).toMatch(/^No device: .*driver.*\n {2}- libcuda\.so\.1: /s);
      expect(stderr).toBe('');
    } else
      expect({ status, stdout }).toMatchObject({
        status: 0,
        stdout: expect.stringContaining('computeCapability'),
      });
  });

  test('refuses a command that it does not know', () => {
    expect(run(['paint'])).toMatchObject({ status: 1, stderr: expect.stringContaining("'paint'") });
  });

  test.skipIf(buildEmulator().folder === undefined)('finds a device, here an emulated one', () => {
    const results = join(folder, 'info-results');
    const { status, stdout } = run(['info'], emulated(results));
    expect(stdout).toMatch(/^PASSED: Device and libraries: Emulated device 0, 512 MiB/);
    expect(stdout).toMatch(/ {2}computeCapability: 9\.0/);
    expect(status).toBe(0);
  });

  test.skipIf(buildEmulator().folder === undefined)(
    'runs parts, of which one that fails or takes too long does not stop the others, into one JSON and one page',
    { timeout: 240_000 },
    () => {
      const results = join(folder, 'results');
      const sizes = ['--sizes', '200', '--roof', '64', '--repeats', '1', '--no-torch', '--dtypes', 'float32'];
      const first = run(['agreement', 'gaussian'], emulated(results));
      expect(first.stdout).toMatch(/^PASSED: Agreement with the CPU: 2 of 2 fits agree/m);
      expect(first.status).toBe(0);
      const second = run(['bench', ...sizes], emulated(results));
      expect(second.stdout).toMatch(/^PASSED: Speed, beside PyTorch, and of each step: 3 fits timed/m);
      const none = run(['fits'], { ...emulated(results), AGOP_FITS: 'many', AGOP_SECONDS: '200' });
      expect(none.stdout).toMatch(/^FAILED: A thousand fits/m);
      expect(none.status).toBe(1);
      const late = run(['check'], { ...emulated(results), AGOP_SECONDS: '1' });
      expect(late.stdout.match(/^LEFT OUT: .*no time left in this call/gm)).toHaveLength(7);

      // The results of earlier calls remain.
      const report: unknown = JSON.parse(readFileSync(join(results, 'report.json'), 'utf8'));
      expect(report).toMatchObject({
        parts: expect.arrayContaining([
          expect.objectContaining({ part: 'agreement', status: 'passed' }),
          expect.objectContaining({ part: 'bench', status: 'passed' }),
        ]),
      });
      const page = readFileSync(join(results, 'report.html'), 'utf8');
      expect(page).toMatch(/agop on a GPU.*Agreement with the CPU.*Fits and their steps.*Cholesky/s);
    },
  );
});

/** On emulated libraries. Compiled kernels are kept among these. */
function emulated(results: string): NodeJS.ProcessEnv {
  const { folder: libraries = '' } = buildEmulator();
  return { AGOP_CUDA_LIBRARIES: libraries, AGOP_CACHE: join(libraries, 'images'), AGOP_RESULTS: results };
}
