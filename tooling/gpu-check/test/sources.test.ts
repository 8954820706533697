import { expect, test } from 'vitest';
import { together } from '../../../packages/backend-gpu/test/sources.ts';
import { mirrorOf } from '../src/debian.ts';

test('sources are put together without clashes of their names', () => {
  const source = '#define SIDE 4\nextern "C" __global__ void same(int* a) {}\n';
  const text = together([
    { name: 'first', source },
    { name: 'second', source },
  ]);
  expect(text).toBe(
    [
      'namespace part0 {\n#define SIDE 4\n__global__ void same(int* a) {}\n\n}\n#undef SIDE\n',
      'namespace part1 {\n#define SIDE 4\n__global__ void same(int* a) {}\n\n}\n#undef SIDE\n',
    ].join('\n'),
  );
});

test("the mirror of Debian is the system's, in either form of apt's sources", () => {
  const sections = 'Types: deb\nURIs: https://mirror.example/debian\nSuites: bookworm\n';
  const lines =
    '# deb https://old.example/debian buster main\ndeb [arch=amd64] http://other.example/debian/ bookworm main\n';
  expect(mirrorOf(sections)).toBe('https://mirror.example/debian');
  expect(mirrorOf(lines)).toBe('http://other.example/debian/');
  expect(mirrorOf('deb https://packages.example/other bookworm main\n')).toBeUndefined();
});
