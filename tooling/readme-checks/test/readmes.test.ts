import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { examplesOf, readmes } from '../src/examples.ts';

/** Inside this package, so that the examples find the packages they import. */
const scratch = join(import.meta.dirname, '../.examples');

for (const readme of readmes()) {
  const examples = examplesOf(readme);

  test(`${readme} shows a program`, () => {
    expect(examples.length).toBeGreaterThan(0);
  });

  for (const { where, code } of examples) {
    test(`${where} runs as printed`, { timeout: 60_000 }, async () => {
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
    });
  }
}
