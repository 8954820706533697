import { OptionError } from '@agop/core';
import { JSDOM } from 'jsdom';
import { expect, test } from 'vitest';
import { blocksMarkup, heatMap, htmlPage } from '../src/index.ts';

const hostile = `"><script>alert('x')</script>&amp;`;
const svg = heatMap({ title: hostile, matrix: { data: [1, -2], shape: [1, 2] } });
const page = htmlPage({
  title: hostile,
  subtitle: hostile,
  intro: [
    {
      kind: 'facts',
      facts: [
        [hostile, hostile],
        ['rows', 1797],
      ],
    },
  ],
  sections: [
    {
      heading: hostile,
      blocks: [
        { kind: 'text', text: hostile },
        { kind: 'figure', svg, caption: hostile },
        { kind: 'figure', svg },
        {
          kind: 'table',
          caption: hostile,
          header: ['a', hostile],
          rows: [
            [1.23456789, hostile],
            [null, 'x'],
          ],
          marked: [1],
        },
        { kind: 'code', text: hostile },
      ],
    },
  ],
  footer: hostile,
});
const { document } = new JSDOM(page).window;

test('nothing of the texts becomes markup', () => {
  expect(document.querySelectorAll('script')).toHaveLength(0);
  expect(document.title).toBe(hostile);
  for (const selector of [
    'h1',
    'h2',
    'section p',
    'figcaption',
    'footer',
    'code',
    'dt',
    'table caption',
    'svg title',
  ]) {
    expect(document.querySelector(selector)?.textContent, selector).toBe(hostile);
  }
});

test('the file needs nothing else', () => {
  expect(page.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|@import|url\(/);
  for (const element of document.querySelectorAll('[src],[href]')) {
    expect(element.getAttribute('src') ?? element.getAttribute('href')).toMatch(/^data:image\/png;base64,/);
  }
  expect(document.querySelector('meta[http-equiv]')?.getAttribute('content')).toContain("default-src 'none'");
});

test('it can be read by everyone', () => {
  expect(document.documentElement.lang).toBe('en');
  expect(document.querySelector('meta[name=viewport]')).not.toBeNull();
  expect(page).toContain('prefers-color-scheme:dark');
  const headers = [...document.querySelectorAll('thead th')];
  expect(headers.map((header) => header.getAttribute('scope'))).toEqual(['col', 'col']);
  expect([...document.querySelectorAll('tbody tr')].map((row) => row.className)).toEqual(['', 'm']);
  expect(document.querySelector('td.n')?.textContent).toBe('1.235');
  expect(document.querySelectorAll('.figures figure')).toHaveLength(2);
  expect(document.querySelectorAll('.figures')).toHaveLength(1);
  // Charts scroll where their texts would be too small.
  const charts = [...document.querySelectorAll<SVGElement>('.chart[tabindex="0"] > svg')];
  expect(charts).toHaveLength(2);
  for (const chart of charts) {
    const least = Number.parseFloat(chart.style.getPropertyValue('--agop-least'));
    expect(least / Number(chart.getAttribute('width'))).toBeCloseTo(11 / 12, 1);
  }
});

test('columns of numbers are right-aligned, also where numbers are text', () => {
  const table = {
    kind: 'table',
    caption: 'c',
    header: ['number', 'share', 'small', 'word', 'mixed'],
    rows: [
      [1, '98.3 %', '1.5e-27', 'a', '3'],
      [null, '7.0 %', '−2', 'b', 'by seed'],
    ],
  } as const;
  const markup = htmlPage({ title: 't', sections: [{ heading: 'h', blocks: [table] }] });
  const cells = [...new JSDOM(markup).window.document.querySelectorAll('tbody tr:first-child td')];
  expect(cells.map((cell) => cell.className)).toEqual(['n', 'n', 'n', '', '']);
});

test('only rows with long texts are lists of named values on a phone', () => {
  const rowsOf = (text: string) =>
    new JSDOM(
      blocksMarkup([{ kind: 'table', caption: 'c', header: ['score', '<means>'], rows: [[1, text]] }]),
    ).window.document;
  const long = rowsOf('how far predictions are from the truth, squared, on average');
  expect(long.querySelector('table')?.className).toBe('s');
  const names = [...long.querySelectorAll('td')].map((cell) => cell.getAttribute('data-name'));
  expect(names).toEqual(['score', '<means>']);
  expect(long.querySelector('td.t')?.textContent).toContain('how far');
  const short = rowsOf('an error');
  expect(short.querySelector('.s, .t, [data-name]')).toBeNull();
});

test('only charts go into figures', () => {
  expect(() =>
    htmlPage({
      title: 't',
      sections: [{ heading: 'h', blocks: [{ kind: 'figure', svg: '<script></script>' }] }],
    }),
  ).toThrow(expect.objectContaining({ code: 'OPTION' }));
});

test.each([
  ['facts that are no pairs', { kind: 'facts', facts: [[1, 2], [3]] }],
  ['a header of numbers', { kind: 'table', caption: 'a', header: [1], rows: [] }],
  ['rows without end', { kind: 'table', caption: 'a', header: ['b'], rows: { length: 1e9 } }],
])('blocks of another kind: %s', (_, block) => {
  expect(() => Reflect.apply(blocksMarkup, undefined, [[block]])).toThrow(OptionError);
});
