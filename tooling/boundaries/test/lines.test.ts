import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const longest = 110;

/** Lines of comments that are too long; those of code are the formatter's. */
function longComments(path: string, text: string): string[] {
  return text
    .split('\n')
    .flatMap((line, i) =>
      /^\s*(\/\/|\/\*\*?|\*)( |$)/.test(line) && [...line].length > longest ? `${path}:${i + 1}` : [],
    );
}

test(`lines of comments have at most ${longest} columns`, () => {
  const folders = ['packages/*', 'tooling/*', 'bench', 'examples', 'scripts'];
  const files = globSync(
    folders.map((folder) => `${folder}/**/*.{ts,mjs}`),
    {
      cwd: root,
      exclude: (path) => ['node_modules', 'dist', 'generated'].includes(path.split(/[\\/]/).at(-1) ?? ''),
    },
  );
  expect(files.length).toBeGreaterThan(500);
  expect(files.flatMap((path) => longComments(path, readFileSync(join(root, path), 'utf8')))).toEqual([]);
});

test('a long comment is found, whatever it begins with', () => {
  const long = 'word '.repeat(22);
  const text = [`// ${long}`, `/** ${long} */`, ` * ${long}`, `const a = '${long}';`, '// short'].join('\n');
  expect(longComments('a.ts', text)).toEqual(['a.ts:1', 'a.ts:2', 'a.ts:3']);
});
