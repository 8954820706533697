import { barChart, heatMap, lineChart, type NumberAxis, spectrumChart } from '@agop/report';
import { barTable, panelChart, sparkline } from '@agop/report/terminal';
import { expect, test } from 'vitest';

// Arguments of a call have to fit the stack: 125 000 of them do not.
test('more values than a call has room for', () => {
  const count = 200_000;
  expect(sparkline(Float64Array.from({ length: count }, (_, i) => i)).length).toBe(count);
  const bars = Array.from({ length: count }, (_, i) => ({ label: 'a', value: i }));
  expect(barTable(bars, { width: 40 }).length).toBe(count);
});

// At the ends of the range of numbers, where differences overflow or vanish.
test.each<[string, readonly number[], NumberAxis]>([
  ['a plateau at 1e10, logarithmic', [1e10, 1e10 + 1e-5], { log: true }],
  ['a plateau at 1e-10, logarithmic', [1e-10, 1.0000000000000004e-10], { log: true }],
  ['320 decades', [1, 1e-320], { log: true }],
  ['600 decades', [1e-300, 1e300], { log: true }],
  ['numbers below 1e-308', [1e-310, 2e-310], {}],
  ['a range beyond 1.8e308', [-1.7e308, 1.7e308], {}],
  ['a domain of one value', [1, 2], { domain: [1, 1] }],
  ['a domain that is none', [1, 2], { domain: [Number.NaN, 2] }],
  ['a domain the wrong way round', [1, 2], { domain: [2, 1] }],
  ['a domain from 0, logarithmic', [1, 2], { log: true, domain: [0, 2] }],
])('all points of %s are drawn', async (_, y, axis) => {
  const svg = await lineChart({ title: 'T', series: [{ label: 'a', y }], y: axis });
  expect(svg).not.toMatch(/NaN|Infinity/);
  expect(svg.match(/<circle/g)).toHaveLength(y.length);
});

test.each([[[1.7e308, -1.7e308, 1, 0]], [[1e-310, 2e-310, 5e-324, 0]], [[0, 0, 0, 0]]])(
  'other charts of %j have no NaN',
  async (values) => {
    const bars = values.map((value) => ({ label: 'a', value }));
    const drawn = [
      await barChart({ title: 'T', bars }),
      await spectrumChart({ title: 'T', values }),
      heatMap({ title: 'T', matrix: { data: values, shape: [2, 2] } }),
      sparkline(values),
      ...panelChart([{ label: 'a', values }], { width: 70 }),
      ...barTable(bars, { width: 40 }),
    ];
    for (const text of drawn) expect(text).not.toMatch(/NaN|Infinity/);
  },
);
