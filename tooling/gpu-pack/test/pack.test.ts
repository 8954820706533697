import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fixtureFolder } from '@agop/fixtures';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildEmulator } from '../../../packages/backend-gpu/test/emulator/build.ts';

const script = join(import.meta.dirname, '../src/pack.ts');

describe('pnpm gpu:pack', () => {
  const folder = mkdtempSync(join(tmpdir(), 'agop-pack-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  beforeAll(() => {
    const options = ['--without-node', '--out', folder];
    execFileSync(process.execPath, ['-C', '@agop/source', script, ...options], { stdio: 'pipe' });
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
    const { status, stdout } = run(['info'], { AGOP_CUDA_LIBRARIES: buildEmulator().folder });
    expect(stdout).toMatch(/^Emulated device 0, 512 MiB/);
    expect(status).toBe(0);
  });
});
