import { readCsv, splitRows, TablePreprocessor, takeRows } from '@agop/data';
import { barChart, heatMap, htmlPage, lineChart } from '@agop/report';
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
