import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { describe, expect, inject, test } from 'vitest';
import { publishedPackages } from '../src/published.ts';
import { run } from '../src/run.ts';

const tarballs = inject('tarballs');
const root = join(import.meta.dirname, '../../..');

describe.each(publishedPackages)('$name, packed', ({ name, folder, entries, scripts }) => {
  const tarball = tarballs[name] ?? '';

  test('has no complaint from publint', async () => {
    const content = await readFile(tarball);
    const { messages, pkg } = await publint({ pack: { tarball: content.buffer }, level: 'warning' });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  test.skipIf(entries.length === 0)('gives every importer the right types (attw)', async () => {
    const analysis = await checkPackage(createPackageFromTarballData(await readFile(tarball)));
    if (!analysis.types) throw new Error('The package has no types.');
    expect(Object.keys(analysis.entrypoints).length).toBeGreaterThanOrEqual(entries.length);
    // `require` of an ES module works on every Node that `engines` names; install.test.ts does it.
    expect(analysis.problems.filter(({ kind }) => kind !== 'CJSResolvesToESM')).toEqual([]);
  });

  test('is not packed by npm, which leaves workspace ranges in it', async () => {
    // One by npm itself, which takes a second; of the others, what it would run.
    const [command = '', program = ''] = (scripts['prepack'] ?? '').split(' ');
    const { code, stderr } =
      name === '@agop/core'
        ? await run('npm', ['pack', '--dry-run'], join(root, folder))
        : await run(command, [program], join(root, folder), {
            npm_config_user_agent: 'npm/11.0.0 node/v24.0.0 linux x64',
            npm_package_name: name,
          });
    expect(code).not.toBe(0);
    expect(stderr).toContain(`${name} can only be packed and published with pnpm`);
  });

  test('has a README without links that need the repository', async () => {
    const { stdout: readme } = await run('tar', ['-xzOf', tarball, 'package/README.md'], '.');
    const text = readme.replaceAll(/```[\s\S]*?```|`[^`\n]*`/g, '');
    expect([...text.matchAll(/\]\((?!https:|#)[^)]*\)/g)].map(([link]) => link)).toEqual([]);
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
