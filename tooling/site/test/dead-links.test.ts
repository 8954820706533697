import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { deadLinks } from '../src/dead-links.ts';

test('links to files and elements that are not there are found, and only these', () => {
  const folder = mkdtempSync(join(tmpdir(), 'agop-dead-links-'));
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  try {
    write(
      'index.html',
      [
        '<a href="guide/a.html#here">1</a> <a href="guide/">2</a> <a href="https://none">3</a>',
        '<a href="guide/a.html#not">4</a> <a href="guide/b.html">5</a> <a href="/guide/a.html">6</a>',
        '<a class="x" href="api/a.html">7</a> <img alt="" src="no.svg"> <a href="#own">8</a>',
      ].join('\n'),
    );
    write('guide/a.html', '<h1 id="here">a</h1><a href="../index.html">back</a><a href="b.html">5</a>');
    write('guide/index.html', '<a href="a.html?x=1">a</a>');
    expect(deadLinks(folder)).toEqual([
      'guide/a.html: b.html (and on 1 more pages)',
      'index.html: guide/a.html#not',
      'index.html: /guide/a.html',
      'index.html: api/a.html',
      'index.html: no.svg',
      'index.html: #own',
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
