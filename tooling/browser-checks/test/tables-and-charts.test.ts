import { readCsv, splitRows, TablePreprocessor, takeRows } from '@agop/data';
import {
  barChart,
  barPanels,
  heatMap,
  htmlPage,
  imageGrid,
  lineChart,
  scatterChart,
  spectrumChart,
} from '@agop/report';
import { expect, test } from 'vitest';

test('a compressed table becomes a matrix', async () => {
  const text = 'area,colour,price\n100,red,10\n120,blue,12.5\n90,red,8\n110,,11\n70,blue,7\n';
  const compressed = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'));
  const table = await readCsv(await new Response(compressed).blob());
  const { train } = splitRows(table.rows, { fraction: 0.2, seed: 3 });
  const preprocessor = TablePreprocessor.fit(takeRows(table, train), {
    target: 'price',
    unknownCategories: 'ignore',
  });
  const back = TablePreprocessor.fromJSON(JSON.parse(JSON.stringify(preprocessor)));
  expect(back.transform(table).shape[0]).toBe(5);
  expect(back.task).toBe('regression');
});

test('charts are drawn in the page, and a whole report', async () => {
  const line = await lineChart({ title: 'Accuracy', series: [{ label: 'held-out', y: [0.9, 0.95] }] });
  const bars = await barChart({ title: 'Importances', bars: [{ label: 'area', value: 0.8 }] });
  const map = heatMap({ title: 'M', matrix: { data: [1, -0.5, -0.5, 2], shape: [2, 2] } });
  const page = htmlPage({
    title: 'Report',
    sections: [{ heading: 'Charts', blocks: [line, bars, map].map((svg) => ({ kind: 'figure', svg })) }],
  });
  const frame = document.createElement('iframe');
  frame.srcdoc = page;
  const loaded = new Promise((resolve) => frame.addEventListener('load', resolve));
  document.body.append(frame);
  await loaded;
  const inside = frame.contentDocument;
  expect(inside?.querySelectorAll('figure svg')).toHaveLength(3);
  for (const svg of inside?.querySelectorAll<SVGSVGElement>('figure svg') ?? []) {
    expect(svg.getBoundingClientRect().width).toBeGreaterThan(50);
  }
  expect(inside?.body.scrollWidth).toBeLessThanOrEqual(inside?.documentElement.clientWidth ?? 0);
  frame.remove();
});

test('texts of all charts can be read on a phone, in a page that does not scroll sideways', async () => {
  const title = 'T';
  const charts = [
    await lineChart({ title, series: [{ label: 'a long label of a curve', y: [1, 2] }] }),
    await barChart({ title, bars: [{ label: 'a', value: 1 }], label: 'x' }),
    await scatterChart({ title, groups: [{ label: 'a', x: [1, 2], y: [1, 2] }] }),
    await spectrumChart({ title, values: [3, 2, 1] }),
    barPanels({ title, names: ['a'], panels: Array.from('bcde', (label) => ({ label, values: [1] })) }),
    heatMap({ title, matrix: { data: new Float64Array(900), shape: [30, 30] } }),
    imageGrid({ title, pictures: [{ data: [1, 2], height: 1, width: 2, label: 'a' }], width: 980 }),
  ];
  const blocks = charts.map((svg) => ({ kind: 'figure', svg }) as const);
  const frame = document.createElement('iframe');
  frame.width = '400';
  frame.srcdoc = htmlPage({ title, sections: [{ heading: 'Charts', blocks }] });
  const loaded = new Promise((resolve) => frame.addEventListener('load', resolve));
  document.body.append(frame);
  await loaded;
  const inside = frame.contentDocument;
  const drawn = [...(inside?.querySelectorAll('svg') ?? [])];
  expect(drawn).toHaveLength(charts.length);
  for (const svg of drawn) {
    const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    for (const text of svg.querySelectorAll('text')) {
      const size = Number.parseFloat(frame.contentWindow?.getComputedStyle(text).fontSize ?? '');
      expect(scale * size).toBeGreaterThanOrEqual(11);
    }
  }
  expect(inside?.body.scrollWidth).toBeLessThanOrEqual(400);
  frame.remove();
});
