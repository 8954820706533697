import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { unawaited } from '../src/unawaited.ts';

const root = join(import.meta.dirname, '../../..');
const folders = [
  'packages/*/{src,test,scripts,reproduce}',
  'tooling/*/{src,test,consumers}',
  'examples',
  'bench/src',
];

/** Methods of which some give a promise, and those that are returned here do not. */
const immediate = /: (?:gram|finish|replace|fitted)\(\)$/;

/** What a test of the message for this mistake has on purpose. */
const onPurpose = /^packages\/rfm\/test\/using\.test\.ts:/;

test('no promise leaves a block with `using` before it is settled', () => {
  const paths = globSync(
    folders.map((folder) => `${folder}/**/*.ts`),
    { cwd: root },
  ).filter((path) => !/node_modules|\/generated\//.test(path));
  expect(paths.length).toBeGreaterThan(500);
  const files = paths.sort().map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
  expect(unawaited(files).filter((place) => !onPurpose.test(place) && !immediate.test(place))).toEqual([]);
});

test('calls of functions and methods that give promises are found, of whatever form', () => {
  const text = [
    'async function work() { return 1; }',
    'class A { async read() {} }',
    'interface B { predict(x: number): Promise<number> }',
    'const arrow = async () => 1;',
    'async function f(b: B) {',
    '  using a = new A();',
    '  if (b) return a.read();',
    '  if (a) return b.predict(1);',
    '  if (a) return Promise.all([]);',
    '  { return arrow(); }',
    '}',
  ].join('\n');
  expect(unawaited([{ path: 'a.ts', text }])).toEqual([
    'a.ts:7: read()',
    'a.ts:8: predict()',
    'a.ts:9: Promise.all()',
    'a.ts:10: arrow()',
  ]);
});

test('what is awaited, or outside of the block, or no promise, is not', () => {
  const text = [
    'async function work() { return 1; }',
    'async function f() { { using a = make(); } return work(); }',
    'async function g() { using a = make(); return await work(); }',
    'async function h() { using a = make(); return keep(a); }',
    'async function i() { using a = make(); await run(() => { return work(); }); }',
    'async function j() { if (1) return work(); using a = make(); }',
  ].join('\n');
  expect(unawaited([{ path: 'a.ts', text }])).toEqual([]);
});
