import { describe, expect, test } from 'vitest';
import { formatNumber } from '../src/index.ts';
import {
  barTable,
  columnsOf,
  fitColumns,
  LiveBlock,
  outputWidth,
  panelChart,
  printable,
  printableStyled,
  shadePicture,
  sparkline,
  terminalStyle,
  wantsColor,
} from '../src/terminal.ts';

describe('text from data', () => {
  const evil = 'a\u001b[31mb\u001b]0;t\u0007\u009b2J\u2028\u202ec\r\nd\u001b[1;8m';

  test('control characters become blanks', () => {
    expect(printable(evil)).toBe('a [31mb ]0;t  2J  c  d [1;8m');
  });

  test('styles stay, nothing else does', () => {
    const style = terminalStyle(true);
    for (const text of [style.bold('x'), style.dim('x'), style.series(0, 'x')]) {
      expect(printableStyled(text)).toBe(text);
      expect(printableStyled(`${text}${evil}`)).toBe(`${text}${printable(evil)}`);
    }
  });
});

describe('colour', () => {
  test('only where it is wanted', () => {
    const terminal = { isTTY: true };
    expect(wantsColor(terminal, {})).toBe(true);
    expect(wantsColor({}, {})).toBe(false);
    expect(wantsColor(terminal, { NO_COLOR: '1' })).toBe(false);
    expect(wantsColor(terminal, { NO_COLOR: '' })).toBe(true);
    expect(wantsColor(terminal, { TERM: 'dumb' })).toBe(false);
    expect(wantsColor({}, { FORCE_COLOR: '1' })).toBe(true);
    expect(wantsColor(terminal, { FORCE_COLOR: '0' })).toBe(false);
    expect(wantsColor({}, { NO_COLOR: '1', FORCE_COLOR: '1' })).toBe(false);
  });

  test('without it, there are no escape sequences', () => {
    const bars = [{ label: 'a', value: 1 }];
    expect(barTable(bars, { width: 40 }).join('')).not.toContain('\u001b');
    expect(barTable(bars, { width: 40, style: terminalStyle(true) }).join('')).toContain('\u001b[');
    expect(panelChart([{ label: 'a', values: [1, 2] }], { width: 40 }).join('')).not.toContain('\u001b');
  });
});

test('width of the output', () => {
  expect(outputWidth({})).toBe(80);
  expect(outputWidth({ columns: 0 })).toBe(80);
  expect(outputWidth({ columns: 100 })).toBe(100);
  expect(outputWidth({ columns: 500 })).toBe(120);
  expect(outputWidth({ columns: 5 })).toBe(30);
});

describe('text in columns', () => {
  test.each([
    ['abc', 5, 'abc  '],
    ['abcdef', 4, 'abc…'],
    ['温度計', 4, '温… '],
    ['e\u0301a', 3, 'e\u0301a '],
    ['a\u001b[31mb', 8, 'a [31mb '],
    ['two\nlines', 9, 'two lines'],
    ['abc', 0, ''],
  ])('%j in %i columns', (text, width, expected) => {
    expect(fitColumns(text, width)).toBe(expected);
    expect(columnsOf(fitColumns(text, width))).toBe(width);
  });
});

describe('sparkline', () => {
  test.each([
    [[0, 1, 2, 3, 4, 5, 6, 7], {}, '▁▂▃▄▅▆▇█'],
    [[0, Number.NaN, 1], {}, '▁ █'],
    [[5, 5], {}, '▅▅'],
    [[0.5], { domain: [0, 1] as const }, '▅'],
    [[0, 0, 0, 1], { width: 2 }, '▁█'],
    [[], {}, ''],
  ])('%j', (values, options, expected) => {
    expect(sparkline(values, options)).toBe(expected);
  });
});

describe('panels', () => {
  test('every line has the width asked for', () => {
    for (const width of [30, 57, 80, 120]) {
      const lines = panelChart(
        [
          { label: 'test accuracy of a long name', values: [0, 0, 1] },
          { label: 'loss', values: [Number.NaN, 3, 2, 1, Number.POSITIVE_INFINITY] },
          { label: 'empty', values: [] },
        ],
        { width, steps: 30 },
      );
      expect(lines).toHaveLength(9);
      expect(lines.map(columnsOf)).toEqual(lines.map(() => width));
    }
  });

  test('wide charts say where their scales begin and end, and what the steps are', () => {
    const options = { width: 70, stepLabel: 'iteration', firstStep: 0, steps: 26 };
    const lines = panelChart([{ label: 'loss', values: [3, 2.5], format: (v) => `${v} m` }], options);
    expect(lines).toHaveLength(4);
    expect(lines.map(columnsOf)).toEqual([70, 70, 70, 70]);
    expect(lines[0]).toMatch(/^loss +3 m │/);
    expect(lines[2]).toMatch(/ 2\.5 m │/);
    expect(lines[3]).toMatch(/^ +└0 ─+ iteration ─+ 25$/);
    const narrow = panelChart([{ label: 'loss', values: [3, 2.5] }], { ...options, width: 30 });
    expect(narrow.map(columnsOf)).toEqual([30, 30, 30, 30]);
    // Nothing to scale yet.
    expect(panelChart([{ label: 'loss', values: [] }], options)[0]).toMatch(/^loss +│/);
  });

  test('a rising curve goes from the lower left to the upper right', () => {
    const lines = panelChart([{ label: 'a', values: [0, 1] }], { width: 40, height: 2 });
    const plot = lines.map((line) => line.slice(line.indexOf('│') + 1));
    // Of the eight dots of a cell, 0x40 is the lower left one and 0x08 the upper right one.
    expect((plot[1]?.charCodeAt(0) ?? 0) & 0x40).toBe(0x40);
    expect((plot[0]?.charCodeAt((plot[0]?.length ?? 0) - 1) ?? 0) & 0x08).toBe(0x08);
    expect(plot[0]?.charCodeAt(0)).toBe(0x2800);
  });
});

describe('bars', () => {
  test('are proportional and fit', () => {
    const lines = barTable(
      [
        { label: 'long feature name', value: 2 },
        { label: 'b', value: 1 },
        { label: 'none', value: 0 },
        { label: 'negative', value: -1 },
      ],
      { width: 50 },
    );
    const count = (line: string | undefined) =>
      [...(line ?? '')].filter((character) => character === '█').length;
    expect(lines.every((line) => columnsOf(line) <= 50)).toBe(true);
    expect(count(lines[0])).toBeGreaterThan(15);
    expect(Math.abs(count(lines[0]) - 2 * count(lines[1]))).toBeLessThanOrEqual(1);
    expect(count(lines[2]) + count(lines[3])).toBe(0);
    expect(lines[0]).toMatch(/^long feature name {3}2 {2}█/);
  });
});

test('a picture of blocks', () => {
  expect(shadePicture([0, 1, 0.5, -1], 2, 2)).toEqual(['  ██', '▒▒  ']);
  expect(shadePicture([0, 0], 1, 2)).toEqual(['    ']);
  expect(() => shadePicture([1], 2, 2)).toThrow(expect.objectContaining({ code: 'SHAPE' }));
});

describe('live block', () => {
  function screen(isTTY: boolean) {
    const written: string[] = [];
    return { isTTY, written, write: (text: string) => written.push(text) };
  }

  test('is redrawn in place on a terminal', () => {
    const output = screen(true);
    const block = new LiveBlock(output);
    block.update(['a', 'b', 'c']);
    block.update(['d']);
    expect(output.written).toEqual([
      '\u001b[2Ka\n\u001b[2Kb\n\u001b[2Kc\n',
      '\u001b[3A\r\u001b[2Kd\n\u001b[2K\n\u001b[2K\n\u001b[2A',
    ]);
    block.finish();
    block.update(['e']);
    expect(output.written.at(-1)).toBe('\u001b[2Ke\n');
    block.clear();
    expect(output.written.at(-1)).toBe('\u001b[1A\r\u001b[0J');
  });

  test('elsewhere only its last state is written', () => {
    const output = screen(false);
    const block = new LiveBlock(output);
    block.update(['a']);
    block.update(['b', 'c']);
    block.finish();
    expect(output.written).toEqual(['b\nc\n']);
  });
});

test.each([
  [0, '0'],
  [-1.5, '−1.5'],
  [1234567, '1234567'],
  [0.000012345, '1.23e−5'],
  [0.98765432, '0.9877'],
  [1e20, '1e20'],
  [Number.NaN, '–'],
  [Number.NEGATIVE_INFINITY, '−∞'],
])('number %d', (value, text) => {
  expect(formatNumber(value)).toBe(text);
  expect(formatNumber(value, Number.POSITIVE_INFINITY)).toBe(formatNumber(value, 17));
});
