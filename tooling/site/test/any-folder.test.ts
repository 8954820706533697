import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { freeModule, freeOfBase, unknownBase } from '../src/any-folder.ts';

/** What a module says at an address, if its base is not known before. */
async function saidAt(url: string, code: string, toRoot: string): Promise<unknown> {
  const free = freeModule(code, toRoot).replaceAll('import.meta.url', JSON.stringify(url));
  const module: { said: unknown } = await import(`data:text/javascript,${encodeURIComponent(free)}`);
  return module.said;
}

test('texts of all kinds have the base of where the module is loaded from', async () => {
  const code = [
    `const a = "${unknownBase}a.js", b = '${unknownBase}"b" ${unknownBase}';`,
    `const c = (x) => \`<\${x}\${"${unknownBase}c"}> ${unknownBase}\${x}\`;`,
    "export const said = [a, b, c('d'), `none`];",
  ].join('\n');
  expect(await saidAt('http://host/some/folder/assets/chunks/x.js', code, '../..')).toEqual([
    '/some/folder/a.js',
    '/some/folder/"b" /some/folder/',
    '<d/some/folder/c> /some/folder/d',
    'none',
  ]);
  expect(await saidAt('http://host/x.js', code, '.')).toContain('/a.js');
});

test('a module without the base stays as it is', () => {
  expect(freeModule('export const a = "/b";', '..')).toBe('export const a = "/b";');
});

test('pages and styles name files from where they are', () => {
  const folder = mkdtempSync(join(tmpdir(), 'agop-any-folder-'));
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  try {
    write('index.html', `<a href="${unknownBase}guide/a.html">a</a></body>`);
    write('guide/a.html', `<img src="${unknownBase}b.svg"></body>`);
    write('assets/style.css', `a{background:url(${unknownBase}b.svg)}`);
    freeOfBase(folder);
    const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
    expect(read('index.html')).toMatch(/^<a href="\.\/guide\/a\.html">a<\/a><script>/);
    expect(read('guide/a.html')).toContain('<img src="../b.svg">');
    expect(read('assets/style.css')).toBe('a{background:url(../b.svg)}');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
