import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { externalLinks, faultOf } from '../src/external-links.ts';

test('each page of others is asked for once', () => {
  const folder = mkdtempSync(join(tmpdir(), 'agop-external-links-'));
  try {
    const links =
      '<a href="https://a.example/x?b=1&amp;c=2#here">a</a> <a class="y" href="https://b.example">b</a>';
    writeFileSync(join(folder, 'a.html'), `${links} <a href="b.html">c</a>`);
    writeFileSync(join(folder, 'b.html'), links);
    expect(externalLinks(folder)).toEqual([
      { url: 'https://a.example/x?b=1&c=2', page: 'a.html' },
      { url: 'https://b.example', page: 'a.html' },
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a page that is not there is a fault, one that asks who one is is none', async () => {
  const link = { url: 'https://a.example/', page: 'a.html' };
  const answer = (status: number) => async () => new Response(null, { status });
  expect(await faultOf(link, answer(404))).toBe('https://a.example/: 404 (a.html)');
  expect(await faultOf(link, answer(200))).toBeUndefined();
  expect(await faultOf(link, answer(403))).toBeUndefined();
  const refused = async (): Promise<Response> => {
    throw new TypeError('fetch failed', { cause: new Error('no such host') });
  };
  expect(await faultOf(link, refused)).toBe('https://a.example/: no such host (a.html)');
});
