import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { describe, expect, inject, test } from 'vitest';
import { publishedPackages } from '../src/published.ts';
import { run } from '../src/run.ts';

const tarballs = inject('tarballs');

describe.each(publishedPackages)('$name, packed', ({ name, folder, entries }) => {
  const tarball = tarballs[name] ?? '';

  test('has no complaint from publint', async () => {
    const content = await readFile(tarball);
    const { messages, pkg } = await publint({ pack: { tarball: content.buffer }, level: 'warning' });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  test.skipIf(entries.length === 0)('gives every importer the right types (attw)', async () => {
    const attw = join(import.meta.dirname, '../node_modules/.bin/attw');
    const { code, stdout } = await run(
      attw,
      [tarball, '--profile', 'esm-only', '--no-emoji', '--no-color'],
      '.',
    );
    expect(code, stdout).toBe(0);
  });

  test('names no workspace range, no source and no file that is not in it', async () => {
    const { stdout: list } = await run('tar', ['-tzf', tarball], '.');
    const { stdout: manifest } = await run('tar', ['-xzOf', tarball, 'package/package.json'], '.');
    expect(manifest).not.toMatch(/workspace:|@agop\/source|\/src\//);
    const files = list.trim().split('\n');
    expect(files).toContain('package/LICENSE');
    expect(files).toContain('package/README.md');
    expect(
      files.filter((file) => /\/(src|test|codegen|node_modules)\//.test(file)),
      folder,
    ).toEqual([]);
  });
});
