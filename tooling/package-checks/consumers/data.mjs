import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { parseCsv, TablePreprocessor } from '@agop/data';
import { readTableFile } from '@agop/data/node';

const text = 'size,colour,price\n1,red,10\n2,blue,20\n3,red,30\n';
writeFileSync('table.csv', text);
const table = await readTableFile('table.csv');
assert.deepEqual(table.columns.length, parseCsv(text).columns.length);
const preprocessor = TablePreprocessor.fit(table, { target: 'price' });
assert.deepEqual([...preprocessor.transform(table).shape], [3, 3]);
