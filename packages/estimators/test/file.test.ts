import { spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readFile, writeFileAtomically } from '@agop/estimators';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'agop-file-'));
  path = join(folder, 'model.safetensors');
});
afterEach(() => rmSync(folder, { recursive: true }));

const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => i % 251);

describe('writeFileAtomically', () => {
  it('writes a new file, replaces an old one, and leaves nothing else', async () => {
    await writeFileAtomically(path, bytes);
    expect(await readFile(path)).toEqual(bytes);
    await writeFileAtomically(path, bytes.subarray(5, 10));
    expect(await readFile(path)).toEqual(bytes.slice(5, 10));
    expect(readdirSync(folder)).toEqual(['model.safetensors']);
  });

  it('keeps the permissions of the old file', async () => {
    writeFileSync(path, 'old', { mode: 0o600 });
    await writeFileAtomically(path, bytes);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('follows a link', async () => {
    writeFileSync(join(folder, 'target'), 'old');
    symlinkSync(join(folder, 'target'), path);
    await writeFileAtomically(path, bytes);
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, 'target')).length).toBe(bytes.length);
  });

  it('fails in a folder that does not exist', async () => {
    const missing = join(folder, 'none', 'model');
    await expect(writeFileAtomically(missing, bytes)).rejects.toMatchObject({
      code: 'STORAGE',
      message: `Cannot write '${missing}': ENOENT: no such file or directory. What was there before is unchanged.`,
      cause: { code: 'ENOENT' },
    });
  });

  it('fails where a folder is in the way', async () => {
    mkdirSync(path);
    await expect(writeFileAtomically(path, bytes)).rejects.toMatchObject({
      code: 'STORAGE',
      cause: { code: 'EISDIR' },
    });
    expect(readdirSync(folder)).toEqual(['model.safetensors']);
  });

  const full = existsSync('/dev/full') ? it : it.skip;
  full('fails on a full device (skipped where there is no /dev/full)', async () => {
    await expect(writeFileAtomically('/dev/full', bytes)).rejects.toMatchObject({
      code: 'STORAGE',
      message: expect.stringMatching(/^Cannot write '\/dev\/full': ENOSPC: no space left on device\./),
    });
    expect(statSync('/dev/full').isFile()).toBe(false);
  });

  const limited = process.platform === 'win32' ? it.skip : it;
  limited('keeps the old file when the disk ends halfway (skipped on Windows)', () => {
    // A process that may write no more than 16 blocks of 512 or 1024 bytes: the disk "ends" inside the file.
    writeFileSync(path, 'old');
    const module = fileURLToPath(new URL('../src/storage/file.ts', import.meta.url));
    const program = `
      const { writeFileAtomically } = await import(${JSON.stringify(module)});
      try { await writeFileAtomically(${JSON.stringify(path)}, new Uint8Array(100_000)); console.log('written'); }
      catch (error) { console.log(error.code, error.cause?.code); }`;
    const { stdout } = spawnSync(
      'bash',
      [
        '-c',
        'ulimit -f 16; exec "$0" -C @agop/source --input-type=module -e "$1"',
        process.execPath,
        program,
      ],
      {
        encoding: 'utf8',
      },
    );
    expect(stdout.trim()).toBe('STORAGE EFBIG');
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['model.safetensors']);
  });
});

describe('readFile', () => {
  it('fails with the path and the reason', async () => {
    await expect(readFile(path)).rejects.toMatchObject({
      code: 'STORAGE',
      message: `Cannot read '${path}': ENOENT: no such file or directory.`,
    });
    await expect(readFile(folder)).rejects.toMatchObject({ code: 'STORAGE', cause: { code: 'EISDIR' } });
  });
});
