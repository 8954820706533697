import * as data from '@agop/data';
import * as node from '@agop/data/node';
import { texts } from '../inputs/tables.ts';
import { type Call, ofLength, open, plain } from './call.ts';

const table = (): data.Table =>
  data.tableFromColumns({ a: [1, 2, 3, 4], b: ['x', 'y', 'x', null], y: [1.5, 2, 3, 4] });
const bytes = (): Uint8Array => new TextEncoder().encode(texts['plain']);
const preprocess = () => ({
  ...{ target: 'y', task: 'regression', ignore: [], categorical: ['b'], scale: 'standard' },
  ...{ unknownCategories: 'error', maxCategories: 10 },
});
const idx = (): Uint8Array => Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4);

/** Two numbers of 8 bits, as NumPy saves them. */
const npy = (): Uint8Array => {
  const head = "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }\n";
  return Uint8Array.of(0x93, ...Buffer.from('NUMPY'), 1, 0, head.length, 0, ...Buffer.from(head), 7, 9);
};

/** Functions of @agop/data. */
export const dataCalls: readonly Call[] = [
  plain('parseCsv', data.parseCsv, () => [
    texts['plain'],
    {
      delimiter: ',',
      header: true,
      decimal: '.',
      types: { a: 'numeric' },
      kept: { b: ['NA'] },
      missing: ['NA'],
      name: 't',
    },
  ]),
  open('readCsv', data.readCsv, () => [bytes(), { encoding: 'utf-8', delimiter: ',' }]),
  open('readTable', data.readTable, () => [bytes(), { delimiter: ',', name: 't' }]),
  open('readBytes', data.readBytes, () => [bytes(), 'file']),
  open('readNpy', data.readNpy, () => [npy(), 'file']),
  open('readIdx', data.readIdx, () => [idx(), 'file']),
  open('readIdxImages', data.readIdxImages, () => [
    idx(),
    undefined,
    { limit: 1, name: 'a', labelsName: 'b' },
  ]),
  open('readCifar', data.readCifar, () => [
    new Uint8Array(26),
    { height: 2, width: 2, channels: 3, labelBytes: 1, classes: 10, limit: 1, name: 'c' },
  ]),
  plain('parseFolds', data.parseFolds, () => ['{"splits": [{"train": [0, 1], "test": [2, 3]}]}', 4, 'folds']),
  plain('readFolds', data.readFolds, () => [
    new TextEncoder().encode('{"splits": [{"train": [0, 1], "test": [2, 3]}]}'),
    4,
    'folds',
  ]),
  plain('formatCsv', data.formatCsv, () => [
    ['a', 'b'],
    [
      [1, 'x'],
      [null, true],
    ],
    { delimiter: ';' },
  ]),
  plain('writtenNumber', data.writtenNumber, () => [19_000.5, 'date YMD', false]),
  open('tableFrom', data.tableFrom, () => [
    [
      { a: 1, b: 'x' },
      { a: 2, b: null },
    ],
  ]),
  open('tableFromColumns', data.tableFromColumns, () => [{ a: [1, 2], b: ['x', null] }]),
  ofLength('splitRows', data.splitRows, () => [
    10,
    { fraction: 0.3, seed: 1, stratify: [0, 1, 0, 1, 0, 1, 0, 1, 0, 1] },
  ]),
  plain('sampleRows', data.sampleRows, () => [[0, 1, 0, 1, 0, 1], 3, { seed: 1, stream: 0 }]),
  plain('takeRows', data.takeRows, () => [table(), [0, 2]], '0'),
  plain('requireColumn', data.requireColumn, () => [table(), 'a', 'target'], '0'),
  plain('findColumn', data.findColumn, () => [table(), 'a'], '0'),
  {
    of: ['TablePreprocessor'],
    args: () => [table(), preprocess(), table(), { unknownCategories: 'ignore' }],
    call: (given, options, other, how) => {
      const { fit } = data.TablePreprocessor;
      const one: data.TablePreprocessor = Reflect.apply(fit, data.TablePreprocessor, [given, options]);
      Reflect.apply(one.transform, one, [other, how]);
      return data.TablePreprocessor.fromJSON(JSON.parse(JSON.stringify(one)));
    },
  },
  {
    of: ['TablePreprocessor.fromJSON'],
    takesAnything: true,
    args: () => [
      JSON.parse(
        JSON.stringify(
          Reflect.apply(data.TablePreprocessor.fit, data.TablePreprocessor, [table(), preprocess()]),
        ),
      ),
    ],
    call: (json) => data.TablePreprocessor.fromJSON(json).transform(table()),
  },
  plain('parseJsonTable', node.parseJsonTable, () => [
    '[{"a": 1}, {"a": 2}]',
    { types: { a: 'numeric' }, missing: [], name: 'j' },
  ]),
  open('readFileBytes', node.readFileBytes, () => ['/dev/null']),
  open('readTableFile', node.readTableFile, () => ['/dev/null', { delimiter: ',' }]),
  open('readImageFile', node.readImageFile, () => ['/dev/null', { part: 'train', limit: 1 }]),
  plain('isFolder', node.isFolder, () => ['/dev/null']),
  plain('listImageFolder', node.listImageFolder, () => ['/dev']),
];
