import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test as anywhere, expect } from 'vitest';
import { npmProject } from '../setup/pnpm.mjs';
import { Clone } from './clone.ts';

// The stand-ins are shell scripts.
const test = anywhere.skipIf(process.platform === 'win32');

const install = (clone: Clone): string[] => [
  'npm ci --no-audit --no-fund',
  `npx --no -- pnpm --dir ${clone.folder} install --frozen-lockfile --reporter=append-only`,
];
const build = 'turbo run build --filter=@agop/cli... --output-logs=errors-only';

test('the first start installs, builds and runs; the second one only runs', () => {
  using clone = new Clone();
  const first = clone.start('info', '--json');
  expect(first.calls).toEqual([...install(clone), build]);
  expect(first).toMatchObject({ code: 0, stdout: '["info","--json"]\n' });
  const second = clone.start('info', '--json');
  expect(second).toMatchObject({ code: 0, stdout: '["info","--json"]\n', stderr: '', calls: [] });
});

test('without arguments it runs the demonstration', () => {
  using clone = new Clone();
  const { stdout, stderr } = clone.start();
  expect(JSON.parse(stdout)).toEqual([
    'fit',
    'examples/data/digits.csv.gz',
    '--target',
    'class',
    '--report',
    'agop-report.html',
  ]);
  expect(stderr).toContain('npm start -- fit mydata.csv --target price');
});

test.each([
  ['a changed source', (clone: Clone) => clone.write('packages/core/src/index.ts', 'export const a = 1;')],
  ['a new source', (clone: Clone) => clone.write('packages/cli/src/new.ts', '')],
  ['a lost build', (clone: Clone) => clone.remove('packages/core/dist/index.js')],
  ['a changed build configuration', (clone: Clone) => clone.write('tsup.base.ts', '')],
])('%s only leads to a build', (_, change) => {
  using clone = new Clone();
  clone.start();
  change(clone);
  expect(clone.start().calls).toEqual([build]);
  expect(clone.start().calls).toEqual([]);
});

test.each([
  ['a package that the program does not need', 'packages/other/src/index.ts'],
  ['a test', 'packages/core/test/a.test.ts'],
  ['generated code', 'packages/core/src/generated/a.ts'],
])('a change of %s leads to nothing', (_, path) => {
  using clone = new Clone();
  clone.start();
  clone.write(path, 'export const changed = true;');
  expect(clone.start().calls).toEqual([]);
});

test('a changed lock file leads to an install, and to a build with what it brought', () => {
  using clone = new Clone();
  clone.start();
  clone.lock('more');
  expect(clone.start().calls).toEqual([...install(clone), build]);
});

test('a lost node_modules leads to an install', () => {
  using clone = new Clone();
  clone.start();
  clone.remove('packages/cli/node_modules');
  expect(clone.start().calls).toEqual(install(clone));
});

test('pnpm comes by its hash into a new folder of this user alone, and leaves nothing there', () => {
  using clone = new Clone();
  mkdirSync(join(clone.temporary, 'node_modules/pnpm'), { recursive: true });
  clone.command('npm', [
    'cd "$OLDPWD"',
    `stat -c %a . > ${clone.folder}/seen`,
    `cat *.json >> ${clone.folder}/seen`,
  ]);
  expect(clone.start().code).toBe(0);
  const [mode, ...content] = readFileSync(join(clone.folder, 'seen'), 'utf8').split('\n');
  expect(mode).toBe('700');
  expect(content.join('')).toContain('"node_modules/pnpm":{"version":"1.2.3","integrity":"sha512-abc"');
  expect(content.join('')).toContain(
    '{"version":"1.2.3","integrity":"sha512-def","os":["linux"],"optional":true}',
  );
  expect(readdirSync(clone.temporary)).toEqual(['node_modules']);
});

test('a pnpm whose hash is not known is not run', () => {
  using clone = new Clone();
  clone.write('pnpm-lock.yaml', 'packages:\n');
  const { code, stderr, calls } = clone.start();
  expect(code).toBe(1);
  expect(calls).toEqual([]);
  expect(stderr).toContain('agop: pnpm-lock.yaml has no hash of pnpm@1.2.3, which package.json names.');
});

test("the workspace's own lock file has the hash of its pnpm", () => {
  const read = (name: string): string => readFileSync(join(import.meta.dirname, '../..', name), 'utf8');
  const { packages } = npmProject(JSON.parse(read('package.json')).packageManager, read('pnpm-lock.yaml'))[
    'package-lock.json'
  ];
  expect(packages['node_modules/pnpm'].integrity).toMatch(/^sha512-/);
  expect(Object.keys(packages)).toContain('node_modules/@pnpm/exe.linux-x64');
});

test.each([
  ['npm error code EINTEGRITY', 'what the registry sent is not the pnpm of pnpm-lock.yaml'],
  ['npm error code ENOTFOUND', 'the package registry could not be reached'],
  ['Connection error: error sending request for url', 'the package registry could not be reached'],
  ['npm error ENOSPC: no space left on device', 'the disk is full'],
  ['EACCES: permission denied', 'no permission to write'],
  ['pnpm-lock.yaml is not up\n   to date with package.json', 'pnpm-lock.yaml does not match'],
])('an install that fails with %j ends with one clear line', (output, message) => {
  using clone = new Clone();
  clone.command('npx', [`printf '${output}\\n' >&2`, 'exit 1']);
  const { code, stdout, stderr } = clone.start();
  expect(code).toBe(1);
  expect(stdout).toBe('');
  expect(stderr.trim().split('\n')).toHaveLength(2);
  expect(stderr).toContain(`\nagop: ${message}`);
});

test('an install that fails in an unknown way shows how', () => {
  using clone = new Clone();
  clone.command('npx', ['echo something odd', 'exit 7']);
  const { code, stderr } = clone.start();
  expect(code).toBe(1);
  expect(stderr).toContain('something odd\nagop: the install failed; its output is above.\n');
});

test('a failed install or build is tried again at the next start', () => {
  using clone = new Clone();
  clone.start();
  clone.write('packages/core/src/index.ts', 'export const a: = 1;');
  clone.write('node_modules/.bin/turbo', '#!/bin/sh\necho broken\nexit 1\n');
  expect(clone.start()).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('broken\nagop: the build failed'),
  });
  expect(clone.start()).toMatchObject({ code: 1 });
});

test('a Node that does not run here is said, not used', () => {
  using clone = new Clone();
  clone.command('npx', ['mkdir -p node_modules/.bin', 'ln -s /bin/false node_modules/.bin/node']);
  const { code, stderr } = clone.start();
  expect(code).toBe(1);
  expect(stderr).toContain('agop: the Node 24 that came with the packages does not run here');
});

test('without npm it says so', () => {
  using clone = new Clone();
  clone.remove('commands/npm');
  const { code, stderr } = clone.start();
  expect(code).toBe(1);
  expect(stderr).toContain('agop: npm was not found');
});

test("the program's exit code is passed on", () => {
  using clone = new Clone();
  clone.start();
  clone.write('packages/cli/dist/main.js', 'process.exit(3);');
  expect(clone.start().code).toBe(3);
});
