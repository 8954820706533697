import { describe, expect, test } from 'vitest';
import { workspacePackages } from '../../../scripts/setup/workspace.mjs';
import { arrows } from '../src/arrows.ts';

const published = workspacePackages().filter(({ folder }) => folder.startsWith('packages/'));
const core = published.find(({ manifest }) => manifest.name === '@agop/core')?.manifest;

describe.each(published)('the manifest of $folder', ({ folder, manifest }) => {
  test('says what all packages say in the same words', () => {
    const { license, type, engines, version } = { ...core };
    expect(manifest).toMatchObject({ license, type, engines, version });
    expect(manifest.description).toMatch(/\w/);
    expect(manifest.keywords).toContain('agop');
    // What the entries are without their sources is made when the package is packed, by .pnpmfile.cjs.
    expect(manifest.publishConfig).toEqual({ access: 'public' });
  });

  test('has a source, types and a program for each entry', () => {
    const { './package.json': own, ...entries } = manifest.exports ?? {};
    expect(own).toBe('./package.json');
    for (const [path, target] of Object.entries(entries)) {
      const name = path === '.' ? 'index' : path.slice(2);
      expect(target).toEqual({
        '@agop/source': `./src/${name}.ts`,
        types: `./dist/${name}.d.ts`,
        default: `./dist/${name}.js`,
      });
    }
  });

  test('needs only packages below it', () => {
    const { dependencies, peerDependencies } = manifest;
    const needed = Object.keys({ ...dependencies, ...peerDependencies }).filter((name) =>
      name.startsWith('@agop/'),
    );
    const below = arrows[folder.slice('packages/'.length)] ?? [];
    expect(needed.filter((name) => !below.includes(name.slice('@agop/'.length)))).toEqual([]);
  });
});
