import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { arrows } from '../src/arrows.ts';
import { drawPackages } from '../src/drawing.ts';
import { check } from '../src/rules.ts';
import { parseSource, readSources } from '../src/source-file.ts';

const root = join(import.meta.dirname, '../../..');
const sources = readSources(root);

describe('the workspace', () => {
  test('no file breaks a rule', () => {
    expect(check(sources).map(({ path, line, rule }) => `${path}:${line}: ${rule}`)).toEqual([]);
  });

  test('arrows point down, and every package has its place', () => {
    const order = Object.keys(arrows);
    for (const [name, below] of Object.entries(arrows)) {
      expect(
        below.filter((other) => order.indexOf(other) >= order.indexOf(name) || !(other in arrows)),
      ).toEqual([]);
    }
    expect(readdirSync(join(root, 'packages')).filter((name) => !(name in arrows))).toEqual([]);
  });

  test('the drawing in docs/architecture.md shows the imports as they are', async () => {
    const page = join(root, 'docs/architecture.md');
    const drawn = drawPackages(sources);
    // `npx vitest run tooling/boundaries --update` draws it anew.
    const text = readFileSync(page, 'utf8').replace(/```mermaid\n[^`]*```/, drawn);
    await expect(text).toMatchFileSnapshot(page);
    expect(text).toContain(drawn);
  });
});

/** `path:line: rule` of everything that is wrong in a made-up tree; paths are below `packages`. */
function wrong(tree: Readonly<Record<string, string>>): string[] {
  const files = Object.entries(tree).map(([path, text]) => parseSource(`packages/${path}`, text));
  return check(files).map(({ path, line, rule }) => `${path.replace('packages/', '')}:${line}: ${rule}`);
}

describe('packages', () => {
  test('an import from a package above or beside is found, of whatever form', () => {
    expect(
      wrong({
        'rfm/src/a.ts': "import { x } from '@agop/core';\nimport type { y } from '@agop/conv-rfm';",
        'rfm/src/b.ts': "export * from '@agop/data/node';",
        'rfm/src/c.ts': "const load = () => import('@agop/backend-cpu');",
        'rfm/src/d.ts': "type T = import('@agop/report').Chart;",
      }),
    ).toEqual([
      'rfm/src/a.ts:2: rfm may not import conv-rfm',
      'rfm/src/b.ts:1: rfm may not import data',
      'rfm/src/c.ts:1: rfm may not import backend-cpu',
      'rfm/src/d.ts:1: rfm may not import report',
    ]);
  });

  test('tests use every package; scripts choose an engine, but do not know what is above', () => {
    const text = "import '@agop/backend-cpu';\nimport '@agop/cli';";
    expect(wrong({ 'rfm/test/a.test.ts': text, 'rfm/scripts/a.ts': text })).toEqual([
      'rfm/scripts/a.ts:2: rfm may not import cli',
    ]);
  });

  test('another package is not entered by a path, nor started', () => {
    expect(
      wrong({
        'rfm/src/a.ts': "import { x } from '../../core/src/x.ts';",
        'rfm/src/b.ts': "new Worker(new URL('../../cli/src/main.ts', import.meta.url));",
        'rfm/src/c.ts': "const program = join(root, 'packages/cli/src/main.ts');",
        'rfm/src/d.ts': "const worker = new URL('./worker.ts', import.meta.url);",
        'rfm/src/e.ts': `const program = \`\${root}/packages/cli/bin/\${name}\`;`,
      }).map((line) => line.replace(/ leads out of the package.*/, ' leads out')),
    ).toEqual([
      "rfm/src/a.ts:1: '../../core/src/x.ts' leads out",
      "rfm/src/b.ts:1: '../../cli/src/main.ts' leads out",
      "rfm/src/c.ts:1: 'packages/cli/src/main.ts' names a file of cli, which is not below rfm",
      "rfm/src/e.ts:1: '/packages/cli/bin/' names a file of cli, which is not below rfm",
    ]);
  });

  test('a new package needs a place', () => {
    expect(wrong({ 'trees/src/a.ts': '' })).toEqual([
      'trees/src/a.ts:1: the package trees has no line in arrows.ts, which says what it may import',
    ]);
  });
});

describe('algorithms', () => {
  test('name no engine and read no facts of a device that are for people', () => {
    const text = "if (backend.device.engine === 'cuda' || input === 'tfjs') use(backend.device.details);";
    expect(wrong({ 'rfm/src/a.ts': text, 'rfm/test/a.test.ts': text, 'cli/src/a.ts': text })).toEqual([
      "rfm/src/a.ts:1: 'cuda' names an engine: rfm runs on all of them",
      'rfm/src/a.ts:1: backend.device.details is for people: an algorithm reads typed facts of the device',
    ]);
  });

  test('recognize our errors by code; those of the language, and a class of the file, may be known', () => {
    const text =
      'if (e instanceof ShapeError) throw e;\nif (e instanceof TypeError || e instanceof Error) throw e;';
    const imported = `import {\n  ShapeError,\n} from '@agop/core';\n${text}`;
    expect(
      wrong({
        'core/src/a.ts': text,
        'core/test/a.test.ts': text,
        'cli/src/a.ts': imported,
        'cli/src/b.ts': text,
      }),
    ).toEqual([
      'core/src/a.ts:1: instanceof ShapeError fails with a second copy of core: recognize errors by code',
      'cli/src/a.ts:4: instanceof ShapeError fails with a second copy of core: recognize errors by code',
    ]);
  });
});

describe('rings', () => {
  test('of files, also of types, and of three', () => {
    expect(
      wrong({
        'rfm/src/a.ts': "import type { B } from './b.ts';",
        'rfm/src/b.ts': "import { c } from './c.ts';",
        'rfm/src/c.ts': "export { a } from './a.ts';\nimport { d } from './d.ts';",
        'rfm/src/d.ts': 'export const d = 1;',
      }),
    ).toEqual([
      'rfm/src/a.ts:1: imports packages/rfm/src/b.ts in the ring packages/rfm/src/a.ts, packages/rfm/src/b.ts, packages/rfm/src/c.ts',
      'rfm/src/b.ts:1: imports packages/rfm/src/c.ts in the ring packages/rfm/src/a.ts, packages/rfm/src/b.ts, packages/rfm/src/c.ts',
      'rfm/src/c.ts:1: imports packages/rfm/src/a.ts in the ring packages/rfm/src/a.ts, packages/rfm/src/b.ts, packages/rfm/src/c.ts',
    ]);
  });

  test('of folders, although their files have none', () => {
    const tree = {
      'rfm/src/index.ts': "export * from './agop/a.ts';\nexport * from './machine/b.ts';",
      'rfm/src/agop/a.ts': "import { points } from '../machine/points.ts';",
      'rfm/src/machine/b.ts': "import { a } from '../agop/a.ts';",
      'rfm/src/machine/points.ts': 'export const points = 1;',
    };
    expect(wrong(tree)).toEqual([
      'rfm/src/agop/a.ts:1: imports packages/rfm/src/machine/points.ts in the ring packages/rfm/src/agop, packages/rfm/src/machine',
      'rfm/src/machine/b.ts:1: imports packages/rfm/src/agop/a.ts in the ring packages/rfm/src/agop, packages/rfm/src/machine',
    ]);
    expect(wrong({ ...tree, 'rfm/src/agop/a.ts': '' })).toEqual([]);
  });

  test('of a folder and a file beside it', () => {
    expect(
      wrong({
        'rfm/src/options.ts': "import { laplace } from './kernels/laplace.ts';",
        'rfm/src/kernels/laplace.ts': "import { options } from '../options.ts';",
      }),
    ).toHaveLength(2);
  });
});

test('the drawing leaves out what follows from other arrows, and what tests import', () => {
  const files = [
    parseSource('packages/deep-rfm/src/a.ts', "import '@agop/rfm';\nimport '@agop/core';"),
    parseSource('packages/rfm/src/a.ts', "import type { Tensor } from '@agop/core';"),
    parseSource('packages/rfm/test/a.test.ts', "import '@agop/data';"),
  ];
  expect(drawPackages(files)).toBe('```mermaid\ngraph TD\n  deep-rfm --> rfm\n  rfm --> core\n```');
});
