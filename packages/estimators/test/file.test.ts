import { spawnSync } from 'node:child_process';
import {
  chmodSync,
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
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { readBytes, readFile, writeFileAtomically } from '@agop/estimators';
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

  it('keeps bits that the umask would take', async () => {
    writeFileSync(path, 'old');
    chmodSync(path, 0o666);
    await writeFileAtomically(path, bytes);
    expect(statSync(path).mode & 0o777).toBe(0o666);
  });

  it('follows a link to a file that is not there yet', async () => {
    symlinkSync('target', path);
    await writeFileAtomically(path, bytes);
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, 'target')).length).toBe(bytes.length);
  });

  it('clears what a killed process has left, and nothing else', async () => {
    const host = hostname()
      .replace(/[^\w-]/g, '_')
      .slice(0, 32);
    const { pid: dead } = spawnSync(process.execPath, ['-e', '']);
    const others = [
      `.agop-${host}-${process.pid}-00c0ffee.tmp`,
      `.agop-elsewhere-${dead}-00c0ffee.tmp`,
      `.agop-${host}-${dead}.tmp`,
    ];
    for (const name of [`.agop-${host}-${dead}-00c0ffee.tmp`, ...others])
      writeFileSync(join(folder, name), '');
    await writeFileAtomically(path, bytes);
    expect(readdirSync(folder).toSorted()).toEqual([...others, 'model.safetensors'].toSorted());
  });

  it('takes the longest name that the system does, and says so of a longer one', async () => {
    const longest = join(folder, 'm'.repeat(255));
    await writeFileAtomically(longest, bytes);
    expect(statSync(longest).size).toBe(bytes.length);
    await expect(writeFileAtomically(`${longest}m`, bytes)).rejects.toMatchObject({
      code: 'STORAGE',
      message: expect.stringContaining('ENAMETOOLONG: name too long.'),
    });
    expect(readdirSync(folder).length).toBe(1);
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

  it("replaces a file under Node's permission model, and says which flag is missing", () => {
    const module = fileURLToPath(new URL('../src/storage/file.ts', import.meta.url));
    const program = `
      const { writeFileAtomically } = await import(${JSON.stringify(module)});
      for (const path of [${JSON.stringify(path)}, ${JSON.stringify(path)}, '/elsewhere']) {
        await writeFileAtomically(path, new Uint8Array(9)).then(() => console.log('written'), ({ message }) => console.log(message));
      }`;
    const flags = ['--permission', '--allow-fs-read=*', `--allow-fs-write=${folder}`, '--no-warnings'];
    const { stdout } = spawnSync(
      process.execPath,
      [...flags, '-C', '@agop/source', '--input-type=module', '-e', program],
      { encoding: 'utf8' },
    );
    expect(stdout).toBe(
      "written\nwritten\nCannot write '/elsewhere': Access to this API has been restricted. Use --allow-fs-write to manage permissions. What was there before is unchanged.\n",
    );
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
      message: `Cannot read '${path}': there is no such file.`,
    });
    await expect(readFile(folder)).rejects.toMatchObject({
      code: 'STORAGE',
      message: `Cannot read '${folder}': it is a folder.`,
      cause: { code: 'EISDIR' },
    });
  });
});

describe('readBytes', () => {
  it('takes paths, URLs and every holder of bytes', async () => {
    writeFileSync(path, bytes);
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
    shared.set(bytes);
    const sources = [path, pathToFileURL(path), bytes, bytes.buffer, new Blob([bytes]), shared];
    for (const source of sources) expect(Buffer.from(await readBytes(source)).equals(bytes)).toBe(true);
  });

  it.each([undefined, null, 5, {}, [1, 2]])('refuses %j', async (source) => {
    const call: unknown = Reflect.apply(readBytes, undefined, [source]);
    await expect(call).rejects.toMatchObject({ code: 'OPTION' });
  });
});
