import { OptionError } from '@agop/core';
import { JSDOM } from 'jsdom';
import { describe, expect, test } from 'vitest';
import { type BarPanelsOptions, barPanels } from '../src/index.ts';

function draw(options: Omit<BarPanelsOptions, 'title'>) {
  const svg = barPanels({ title: 't', ...options });
  const { document } = new JSDOM(svg, { contentType: 'image/svg+xml' }).window;
  const root = document.documentElement;
  const numbers = (element: Element, ...names: string[]) =>
    names.map((name) => Number(element.getAttribute(name)));
  return {
    width: Number(root.getAttribute('width')),
    bars: [...root.querySelectorAll('rect')].map((bar) => numbers(bar, 'x', 'y', 'width')),
    texts: [...root.querySelectorAll('text')].map((text) => text.textContent ?? ''),
    places: [...root.querySelectorAll('text')].map((text) => numbers(text, 'x', 'y')),
  };
}

const panelsOf = (count: number) =>
  Array.from({ length: count }, (_, k) => ({ label: `class ${k}`, values: [0.2, 0.4] }));

describe('panels of bars', () => {
  test('each value of each panel has its bar, in one scale', () => {
    const { bars, texts } = draw({
      names: ['north', 'south'],
      panels: [
        { label: 'yes', values: [0.8, 0.2] },
        { label: 'no', values: [0.1, 0.4] },
      ],
    });
    const lengths = bars.map(([, , width = 0]) => width);
    const [first = Number.NaN] = lengths;
    for (const [i, share] of [0.8, 0.2, 0.1, 0.4].entries()) {
      expect((lengths[i] ?? 0) / first).toBeCloseTo(share / 0.8, 3);
    }
    expect(texts).toEqual(expect.arrayContaining(['yes', 'no', 'north', 'south', '0.8', '0.1']));
  });

  test('panels that do not fit beside each other go below, all within the chart', () => {
    const { bars, width, places } = draw({ names: ['a', 'b'], panels: panelsOf(10) });
    expect(bars).toHaveLength(20);
    expect(new Set(bars.map(([, y]) => y)).size).toBeGreaterThan(2);
    for (const [x = 0, , length = 0] of bars) expect(x + length).toBeLessThan(width);
    // No two texts begin at the same place.
    expect(new Set(places.map(String)).size).toBe(places.length);
  });

  test('negative bars go the other way, and NaN has none', () => {
    const { bars, texts } = draw({
      names: ['a', 'b', 'c'],
      panels: [{ label: '', values: [2, -1, Number.NaN] }],
    });
    const [[up = 0, , long = 0] = [], [down = 0, , short = 0] = [], [, , none] = []] = bars;
    expect(long / short).toBeCloseTo(2, 3);
    expect(down + short).toBeCloseTo(up, 1);
    expect(none).toBe(0);
    expect(texts).toContain('–');
  });

  test('the largest numbers have bars', () => {
    const values = [Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE];
    const { bars } = draw({ names: ['a', 'b', 'c'], panels: [{ label: 'x', values }] });
    expect(bars.flat().every(Number.isFinite)).toBe(true);
    expect(bars[0]?.[2]).toBe(bars[1]?.[2]);
  });

  test('panels need a value for each name', () => {
    const wrong = () => draw({ names: ['a'], panels: [{ label: 'x', values: [1, 2] }] });
    expect(wrong).toThrow(expect.objectContaining({ code: 'SHAPE' }));
    expect(() => Reflect.apply(barPanels, undefined, [{ title: 't', names: [1], panels: [] }])).toThrow(
      OptionError,
    );
  });
});
