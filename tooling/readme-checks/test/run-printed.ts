import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';

/** Inside this package, so that the programs find the packages they import. */
const scratch = join(import.meta.dirname, '../.examples');

/** Runs a program as it is printed, and expects that it prints something and ends well. */
export async function runPrinted(code: string): Promise<void> {
  await mkdir(scratch, { recursive: true });
  const folder = await mkdtemp(join(scratch, 'example-'));
  try {
    const file = join(folder, 'example.ts');
    await writeFile(file, code);
    // Rejects, with what the program wrote, when it ends with another code than 0.
    const { stdout } = await promisify(execFile)(process.execPath, ['-C', '@agop/source', file], {
      cwd: folder,
    });
    expect(stdout.trim(), 'prints something').not.toBe('');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
