import { OptionError } from '@agop/core';
import { JSDOM } from 'jsdom';
import { describe, expect, test } from 'vitest';
import {
  barChart,
  barPanels,
  heatMap,
  imageGrid,
  lineChart,
  scatterChart,
  spectrumChart,
} from '../src/index.ts';

/** Parses markup as strict XML, so that anything not well-formed is an error. */
function parse(svg: string): Element {
  const { document } = new JSDOM(svg, { contentType: 'image/svg+xml' }).window;
  return document.documentElement;
}

function textsOf(svg: string): string[] {
  return [...parse(svg).querySelectorAll('text')].map((text) => text.textContent ?? '');
}

/** Numbers of a path like M1,2L3,4. */
function pathPoints(path: Element | undefined): number[][] {
  return (path?.getAttribute('d') ?? '')
    .split(/[ML]/)
    .filter(Boolean)
    .map((pair) => pair.split(',').map(Number));
}

describe('every chart', () => {
  const hostile = '<img src=x onerror="a()">&\u001b';
  const charts = {
    line: () => lineChart({ title: hostile, series: [{ label: hostile, y: [1, 2] }], x: { label: hostile } }),
    bar: () => barChart({ title: hostile, bars: [{ label: hostile, value: 1 }], label: hostile }),
    panels: () => barPanels({ title: hostile, names: [hostile], panels: [{ label: hostile, values: [1] }] }),
    scatter: () =>
      scatterChart({
        title: hostile,
        groups: [{ label: hostile, x: [1, 2], y: [2, 1] }],
        x: { label: hostile },
      }),
    spectrum: () => spectrumChart({ title: hostile, values: [3, 2, 1], label: hostile }),
    heat: () =>
      heatMap({ title: hostile, matrix: { data: [1, 2, 3, 4], shape: [2, 2] }, rowLabels: [hostile, 'b'] }),
    images: () =>
      imageGrid({ title: hostile, pictures: [{ data: [1], height: 1, width: 1, label: hostile }] }),
  };

  test.each(Object.entries(charts))(
    '%s: well-formed, named, described, escaped, no outside reference',
    async (_, draw) => {
      const svg = await draw();
      const root = parse(svg);
      expect(root.localName).toBe('svg');
      expect(root.getAttribute('role')).toBe('img');
      expect(root.querySelector('title')?.textContent).toBe('<img src=x onerror="a()">&');
      expect(root.querySelector('desc')?.textContent).toBeTruthy();
      expect(root.getAttribute('viewBox')).toMatch(/^0 0 \d+(\.\d+)? \d+(\.\d+)?$/);
      expect(svg).not.toMatch(/<img|NaN|undefined|Infinity/);
      expect(svg.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(
        /https?:|url\(|<script|<foreignObject/i,
      );
      expect(await draw()).toBe(svg);
    },
  );

  test.each(Object.entries(charts))('%s: nothing to draw is no error where it can be empty', async (name) => {
    if (name === 'line')
      expect(parse(await lineChart({ title: 't', series: [{ label: 'a', y: [] }] }))).toBeTruthy();
    if (name === 'bar') expect(parse(await barChart({ title: 't', bars: [] }))).toBeTruthy();
    if (name === 'panels') expect(parse(barPanels({ title: 't', names: [], panels: [] }))).toBeTruthy();
    if (name === 'scatter') expect(parse(await scatterChart({ title: 't', groups: [] }))).toBeTruthy();
    if (name === 'spectrum') expect(parse(await spectrumChart({ title: 't', values: [] }))).toBeTruthy();
    if (name === 'images') expect(parse(imageGrid({ title: 't', pictures: [] }))).toBeTruthy();
    if (name === 'heat') {
      expect(() => heatMap({ title: 't', matrix: { data: [], shape: [0, 0] } })).toThrow(
        expect.objectContaining({ code: 'SHAPE' }),
      );
    }
  });
});

describe('line chart', () => {
  test('steps that are counted get ticks at whole numbers', async () => {
    const ticks = (svg: string) =>
      [...parse(svg).querySelectorAll('.agop-part-x-axis-tick-label text')].map((text) => text.textContent);
    expect(ticks(await lineChart({ title: 't', series: [{ label: 'a', y: [3, 4] }] }))).toEqual(['0', '1']);
    const between = { label: 'a', x: [0, 0.5, 1], y: [3, 4, 5] };
    expect(ticks(await lineChart({ title: 't', series: [between] })).length).toBeGreaterThan(2);
  });

  test.each([
    [
      [1e-6, 1],
      ['1e−6', '1e−5', '0.0001', '0.001', '0.01', '0.1', '1'],
    ],
    [
      [0.011, 0.4],
      ['0.01', '0.02', '0.05', '0.1', '0.2'],
    ],
    [
      [0.0032, 0.0046],
      ['0.0035', '0.004', '0.0045'],
    ],
    [
      [0.998, 1.001],
      ['0.998', '0.999', '1', '1.001'],
    ],
    [
      [0.008, 1.6],
      ['0.01', '0.02', '0.05', '0.1', '0.2', '0.5', '1', '2'],
    ],
    [
      [5, 5],
      ['3', '5', '7', '10'],
    ],
  ])('a logarithmic axis over %j has ticks that can be read', async (y, expected) => {
    const svg = await lineChart({ title: 't', series: [{ label: 'a', y }], y: { log: true } });
    const ticks = [...parse(svg).querySelectorAll('.agop-part-y-axis-tick-label text')];
    expect(ticks.map((text) => text.textContent)).toEqual(expected);
  });

  test('labels of ticks are centered at their ticks', async () => {
    const svg = parse(await lineChart({ title: 't', series: [{ label: 'a', y: [1, 5, 3] }] }));
    const label = svg.querySelector('.agop-part-x-axis-tick-label text');
    expect(label?.closest('[text-anchor]')?.getAttribute('text-anchor')).toBe('middle');
    const side = svg.querySelector('.agop-part-y-axis-tick-label text');
    expect(side?.closest('[text-anchor]')?.getAttribute('text-anchor')).toBe('end');
  });

  test('the axis of shares ends at 0 and 100 %', async () => {
    const ticksOf = async (...y: number[]) => {
      const svg = await lineChart({ title: 't', series: [{ label: 'a', y }], y: { percent: true } });
      const ticks = [...parse(svg).querySelectorAll('.agop-part-y-axis-tick-label text')];
      return ticks.map((text) => Number.parseFloat(text.textContent ?? ''));
    };
    expect(Math.max(...(await ticksOf(1, 1)))).toBe(100);
    expect(Math.min(...(await ticksOf(0, 0)))).toBe(0);
    expect(Math.max(...(await ticksOf(0.2, 1)))).toBe(100);
    expect(Math.max(...(await ticksOf(0.5, 2)))).toBeGreaterThan(100);
  });

  test('the label of a place keeps off that of the vertical axis', async () => {
    const heightsOf = async (best: number) => {
      const svg = await lineChart({
        title: 't',
        series: [{ label: 'a', y: [3, 2, 1, 1, 1, 1] }],
        y: { label: 'mean squared error' },
        places: [{ value: best, label: 'best' }],
      });
      const texts = [...parse(svg).querySelectorAll('text')];
      return ['mean squared error', 'best'].map((words) => {
        const text = texts.find(({ textContent }) => textContent === words);
        let height = 0;
        for (let element = text as Element | null | undefined; element; element = element.parentElement) {
          const [, y = '0'] =
            /translate\([^,]+,([^)]+)\)/.exec(element.getAttribute('transform') ?? '') ?? [];
          height += Number(y);
        }
        return height;
      });
    };
    const [axis = 0, beside = 0] = await heightsOf(4);
    expect(Math.abs(axis - beside)).toBeLessThan(12);
    const [above = 0, below = 0] = await heightsOf(1);
    expect(below - above).toBeGreaterThanOrEqual(12);
  });

  test('on a logarithmic axis equal factors are equal distances', async () => {
    const svg = await lineChart({ title: 't', series: [{ label: 'a', y: [1, 10, 100] }], y: { log: true } });
    const [first, second, third] = [...parse(svg).querySelectorAll('.agop-part-line path')]
      .flatMap(pathPoints)
      .map(([, y]) => y ?? Number.NaN);
    expect((first ?? 0) - (second ?? 0)).toBeGreaterThan(20);
    expect((second ?? 0) - (third ?? 0)).toBeCloseTo((first ?? 0) - (second ?? 0), 1);
  });

  test('values go where they belong', async () => {
    const svg = await lineChart({
      title: 't',
      series: [{ label: 'a', y: [0, 10, 5] }],
      y: { domain: [0, 10] },
      width: 400,
      height: 200,
    });
    const line = [...parse(svg).querySelectorAll('.agop-part-line path')].at(0);
    const points = pathPoints(line);
    const [[x0 = 0, y0 = 0], [x1 = 0, y1 = 0], [x2 = 0, y2 = 0]] = points as [number[], number[], number[]];
    expect(x1 - x0).toBeCloseTo(x2 - x1, 6);
    expect(y0 - y1).toBeCloseTo(2 * (y0 - y2), 6);
    expect(y0).toBeGreaterThan(y1);
  });

  test('points go where they belong, those that are no numbers nowhere', async () => {
    const svg = await scatterChart({
      title: 't',
      groups: [
        { label: 'a', x: [0, 10], y: [0, 10] },
        { label: 'b', x: [5, Number.NaN], y: [5, 5] },
      ],
      line: { x: [0, 10], y: [10, 0] },
    });
    const dots = [...parse(svg).querySelectorAll('.agop-part-dot circle')];
    const places = dots.map((dot) => [Number(dot.getAttribute('cx')), Number(dot.getAttribute('cy'))]);
    expect(places).toHaveLength(3);
    const [[x0 = 0, y0 = 0], [x1 = 0, y1 = 0], [x2 = 0, y2 = 0]] = places as [number[], number[], number[]];
    expect(x0 + x1).toBeCloseTo(2 * x2, 6);
    expect(y0 + y1).toBeCloseTo(2 * y2, 6);
    expect(y0).toBeGreaterThan(y1);
    expect(textsOf(svg)).toEqual(expect.arrayContaining(['a', 'b']));
    expect(parse(svg).querySelectorAll('.agop-part-line path')).toHaveLength(1);
  });

  test('gaps, logarithms and percentages', async () => {
    const svg = await lineChart({
      title: 't',
      series: [{ label: 'loss', y: [1, Number.NaN, 0, 0.01, 0.001, Number.POSITIVE_INFINITY] }],
      y: { log: true },
    });
    const [line] = parse(svg).querySelectorAll('.agop-part-line path');
    expect(line?.getAttribute('d')?.match(/M/g)).toHaveLength(2);
    expect(textsOf(svg)).toEqual(expect.arrayContaining(['1', '0.1', '0.01', '0.001', 'loss']));
    const percent = await lineChart({
      title: 't',
      series: [{ label: 'a', y: [0.5, 0.98] }],
      y: { percent: true, domain: [0, 1] },
    });
    expect(textsOf(percent)).toEqual(expect.arrayContaining(['0 %', '100 %']));
  });

  test('labels at the ends do not overlap', async () => {
    const svg = await lineChart({
      title: 't',
      series: ['a', 'b', 'c', 'd'].map((label) => ({ label, y: [0, 1] })),
    });
    const heights = [...parse(svg).querySelectorAll('text')]
      .filter((text) => /^[abcd]$/.test(text.textContent ?? ''))
      .map((text) => {
        const moves = [
          ...`${text.getAttribute('transform')} ${text.parentElement?.getAttribute('transform')}`.matchAll(
            /translate\([^,]+,([^)]+)\)/g,
          ),
        ];
        return moves.reduce((sum, [, dy]) => sum + Number(dy), 0);
      })
      .sort((a, b) => a - b);
    expect(heights).toHaveLength(4);
    for (let i = 1; i < 4; i++)
      expect((heights[i] ?? 0) - (heights[i - 1] ?? 0)).toBeGreaterThanOrEqual(13.9);
  });
});

describe('dates and times of day', () => {
  const day = (date: string): number => Date.parse(date) / 86_400_000;
  const ticks = async (from: number, to: number, notation: 'date' | 'clock'): Promise<string[]> =>
    textsOf(
      await lineChart({ title: 't', series: [{ label: '', x: [from, to], y: [0, 1] }], x: { notation } }),
    ).filter((text) => /\d{4}|:/.test(text));

  test.each([
    ['1990-03-01', '2024-06-01', ['2000', '2010', '2020']],
    ['2023-11-20', '2024-06-10', ['2024-01', '2024-03', '2024-05']],
    ['2024-02-27', '2024-03-02', ['2024-02-27', '2024-02-28', '2024-02-29', '2024-03-01', '2024-03-02']],
    ['2024-03-01T22:30Z', '2024-03-02T01:10Z', ['23:00', '2024-03-02', '01:00']],
  ])('from %s to %s', async (from, to, expected) => {
    expect(await ticks(day(from), day(to), 'date')).toEqual(expected);
  });

  test('hours; days that are no dates any more are numbers', async () => {
    expect(await ticks(0, 24, 'clock')).toEqual(['00:00', '06:00', '12:00', '18:00', '24:00']);
    const svg = await scatterChart({
      title: 't',
      groups: [{ label: '', x: [1e12, 2e12], y: [19_000, 19_000] }],
      x: { notation: 'date' },
      y: { notation: 'date' },
    });
    expect(textsOf(svg)).toContain('2022-01-08');
    await expect(lineChart({ title: 't', series: [], x: { notation: 'year' as 'date' } })).rejects.toThrow(
      OptionError,
    );
  });

  test('series beyond the colors are dashed', async () => {
    const series = Array.from({ length: 9 }, (_, i) => ({ label: `${i}`, y: [i, i + 1] }));
    const dashes = [
      ...parse(await lineChart({ title: 't', series })).querySelectorAll('[stroke-dasharray="6 3"]'),
    ];
    expect(dashes).toHaveLength(2);
  });
});

describe('bar chart', () => {
  test('lengths are proportional, negative ones go the other way', async () => {
    const svg = await barChart({
      title: 't',
      bars: [
        { label: 'a', value: 4 },
        { label: 'b', value: 1 },
        { label: 'c', value: -2 },
      ],
    });
    const bars = [...parse(svg).querySelectorAll('.agop-part-bar rect')];
    const [a = 0, b = 0, c = 0] = bars.map((bar) => Number(bar.getAttribute('width')));
    expect(a / b).toBeCloseTo(4, 6);
    expect(a / c).toBeCloseTo(2, 6);
    const [xa, , xc] = bars.map((bar) => Number(bar.getAttribute('x')));
    expect((xc ?? 0) + c).toBeCloseTo(xa ?? Number.NaN, 6);
    expect(textsOf(svg)).toEqual(expect.arrayContaining(['a', 'b', 'c', '4', '1', '−2']));
  });
});

describe('heat map', () => {
  test('a matrix of 122 x 122 stays small, a large one is shrunk and says so', () => {
    const signed = (n: number) => Float64Array.from({ length: n * n }, (_, i) => Math.sin(i * i) + (i % 7));
    const svg = heatMap({ title: 'M', matrix: { data: signed(122), shape: [122, 122] } });
    expect(svg.length).toBeLessThan(60_000);
    expect(parse(svg).querySelector('desc')?.textContent).not.toMatch(/Shrunk/);
    const large = heatMap({ title: 'M', matrix: { data: signed(1200), shape: [1200, 1200] } });
    expect(parse(large).querySelector('desc')?.textContent).toMatch(/1200 x 1200 .*Shrunk/);
    expect(large.length).toBeLessThan(1_200_000);
  });

  test('the largest entry survives shrinking', () => {
    const data = new Float64Array(1000 * 1000);
    data[123_456] = -5;
    const description = parse(heatMap({ title: 'M', matrix: { data, shape: [1000, 1000] } })).querySelector(
      'desc',
    );
    expect(description?.textContent).toMatch(/from −5 to 5/);
  });

  test('data and shape that do not go together', () => {
    expect(() => heatMap({ title: 'M', matrix: { data: [1, 2, 3], shape: [2, 2] } })).toThrow(
      expect.objectContaining({ code: 'SHAPE' }),
    );
  });
});

test('pictures must have the right number of values', () => {
  expect(() => imageGrid({ title: 't', pictures: [{ data: [1, 2], height: 1, width: 1 }] })).toThrow(
    /Picture 0/,
  );
  expect(() =>
    imageGrid({ title: 't', pictures: [{ data: [1, 2], height: 1, width: 1, channels: 2 }] }),
  ).toThrow(/channels \(1 or 3\)/);
});

describe('values of another kind', () => {
  const matrix = { data: [1, 2, 3, 4], shape: [2, 2] };
  test.each([
    ['domain', { domain: [Symbol('odd'), 1] }],
    ['blocks', { blocks: ['1'] }],
    ['data', { matrix: { data: ['1', 2, 3, 4], shape: [2, 2] } }],
  ])('heatMap: %s', (_, odd) => {
    expect(() => Reflect.apply(heatMap, undefined, [{ title: 'a', matrix, ...odd }])).toThrow(OptionError);
  });

  test.each([
    ['groups', { groups: Object.assign([], { length: 5 }) }],
    ['a group', { groups: [{ label: 'a', x: 1, y: [1] }] }],
    ['an axis', { groups: [], x: { domain: 'all' } }],
    ['the title', { groups: [], title: 1 }],
    ['unknown', { groups: [], nonesuch: 1 }],
  ])('scatterChart: %s', async (_, odd) => {
    await expect(Reflect.apply(scatterChart, undefined, [{ title: 'a', ...odd }])).rejects.toThrow(
      OptionError,
    );
  });
});
