import * as report from '@agop/report';
import { encodePng } from '@agop/report/png';
import * as terminal from '@agop/report/terminal';
import { type Call, plain } from './call.ts';

const chart = () => ({ title: 'A chart', description: 'of numbers', width: 400, theme: 'light' });
const matrix = () => ({ data: [1, 2, 3, 4], shape: [2, 2] });

/** Functions of @agop/report. */
export const reportCalls: readonly Call[] = [
  plain('barChart', report.barChart, () => [
    {
      ...chart(),
      bars: [
        { label: 'a', value: 1 },
        { label: 'b', value: -2 },
      ],
      label: 'x',
    },
  ]),
  plain('barPanels', report.barPanels, () => [
    { ...chart(), names: ['a', 'b'], panels: [{ label: 'c', values: [1, -2] }] },
  ]),
  plain('lineChart', report.lineChart, () => [
    {
      ...chart(),
      series: [{ label: 'a', y: [1, 2, 3], x: [1, 2, 3], color: 1 }],
      x: { label: 'x', log: false, domain: [0, 4], percent: false },
      y: { label: 'y', log: true },
      levels: [{ value: 1, label: 'one' }],
      places: [{ value: 2, label: 'two' }],
      height: 200,
    },
  ]),
  plain('heatMap', report.heatMap, () => [
    {
      ...chart(),
      matrix: matrix(),
      rowLabels: ['a', 'b'],
      columnLabels: ['c', 'd'],
      ramp: 'auto',
      domain: [0, 4],
      blocks: [1],
    },
  ]),
  plain('scatterChart', report.scatterChart, () => [
    {
      ...chart(),
      groups: [
        { label: 'a', x: [1, 2, 3], y: [1, 2, 3] },
        { label: '', x: [4], y: [2] },
      ],
      x: { label: 'x', domain: [0, 5], notation: 'date' },
      y: { label: 'y', log: true },
      line: { x: [1, 2], y: [2, 3] },
      height: 200,
    },
  ]),
  plain('imageGrid', report.imageGrid, () => [
    {
      ...chart(),
      pictures: [{ data: [1, 2, 3, 4], height: 2, width: 2, channels: 1, label: 'a' }],
      columns: 2,
      ramp: 'gray',
      range: 'each',
      domain: [0, 4],
    },
  ]),
  plain('spectrumChart', report.spectrumChart, () => [
    { ...chart(), values: [3, 2, 1], first: 2, log: true, label: 'x', height: 100 },
  ]),
  plain('htmlPage', report.htmlPage, () => [
    {
      title: 'A page',
      subtitle: 'b',
      intro: [{ kind: 'text', text: 'c' }],
      sections: [
        {
          heading: 'd',
          blocks: [
            { kind: 'facts', facts: [['e', 1]] },
            { kind: 'table', caption: 'f', header: ['g'], rows: [[1]], marked: [0] },
          ],
        },
      ],
      commandLine: 'agop',
      footer: 'h',
      language: 'en',
    },
  ]),
  plain('blocksMarkup', report.blocksMarkup, () => [
    [
      { kind: 'text', text: 'c' },
      { kind: 'facts', facts: [['e', 1]] },
      { kind: 'table', caption: 'f', header: ['g'], rows: [[1]], marked: [0] },
    ],
  ]),
  plain('rasterPixels', report.rasterPixels, () => [
    [1, 2, 3, 4],
    { ramp: 'gray', domain: [0, 4], dark: true },
  ]),
  plain('formatNumber', report.formatNumber, () => [1234.5, 3]),
  plain('formatPercent', report.formatPercent, () => [0.5]),
  plain('escapeMarkup', report.escapeMarkup, () => ['<a>']),
  plain('encodePng', encodePng, () => [2, 2, { rgb: new Uint8Array(12) }]),
  plain('sparkline', terminal.sparkline, () => [[1, 2, 3], {}]),
  plain('fitColumns', terminal.fitColumns, () => ['text', 3, 'left']),
  plain('columnsOf', terminal.columnsOf, () => ['text']),
  plain('printable', terminal.printable, () => ['text\u001b[31m']),
  plain('shadePicture', terminal.shadePicture, () => [[1, 2, 3, 4], 2, 2]),
];
