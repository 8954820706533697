import { globSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiReports, writeDeclarations } from '../src/api-report.ts';
import { type Entry, entries, root } from '../src/entries.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agop-api-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The report of the package `b` in a made-up workspace of `a` and `b`. */
async function reportOf(files: Readonly<Record<string, string>>): Promise<string | undefined> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  const packages = ['a', 'b'].map(
    (name): Entry => ({
      name: `@agop/${name}`,
      report: `${name}/index`,
      source: `packages/${name}/src/index.ts`,
    }),
  );
  return [...apiReports(folder, packages)].find(([{ name }]) => name === '@agop/b')?.[1];
}

test('a report shows what is exported, what that names, and where the rest is from', async () => {
  const report = await reportOf({
    'packages/a/src/index.d.ts': 'export interface Tensor {}\n',
    'packages/b/src/parts.d.ts': `import type { Tensor } from '@agop/a';
interface Options { readonly deep: Deep }
interface Deep { readonly of: Tensor }
interface Unseen {}
declare class Machine { #private; fit(options: Options): void; }
export { Machine, Unseen };
export declare const limit: number;
`,
    'packages/b/src/index.d.ts': `export { limit, Machine as KernelMachine } from './parts.ts';
export type { Tensor } from '@agop/a';
`,
  });
  expect(report).toBe(`# @agop/b

\`\`\`ts
declare class Machine { fit(options: Options): void; }
export { Machine as KernelMachine };

export declare const limit: number;

export { Tensor } from '@agop/a';
\`\`\`

Named by these, and not exported here:

\`\`\`ts
interface Deep { readonly of: Tensor }

interface Options { readonly deep: Deep }
\`\`\`
`);
});

// After a change that is meant, `pnpm api` writes the reports anew, and the change shows in the review.
describe('the public surface is that of the reports in api', () => {
  let reports: ReadonlyMap<Entry, string> = new Map();
  beforeAll(() => {
    const declarations = join(folder, 'workspace');
    writeDeclarations(declarations);
    reports = apiReports(declarations);
  }, 120_000);

  test.each(entries)('$name', async (entry) => {
    await expect(reports.get(entry)).toMatchFileSnapshot(join(root, `api/${entry.report}.api.md`));
  });

  test('no report is left of an entry that has gone', () => {
    const written = entries.map(({ report }) => `api/${report}.api.md`);
    const files = globSync('api/**/*.md', { cwd: root }).map((path) => path.replaceAll('\\', '/'));
    expect(files.filter((path) => !written.includes(path))).toEqual([]);
  });
});
