import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const agop = (...args) =>
  execFileSync(process.execPath, ['node_modules/@agop/cli/bin/agop.mjs', ...args], { encoding: 'utf8' });

const info = JSON.parse(agop('info', '--json'));
assert.ok(info.backends.some(({ available }) => available));

const rows = Array.from({ length: 60 }, (_, i) => [
  Math.sin(i),
  Math.cos(3 * i),
  Math.sin(i) > 0 ? 'up' : 'down',
]);
writeFileSync('table.csv', `first,second,way\n${rows.map((row) => row.join(',')).join('\n')}\n`);
const fit = JSON.parse(
  agop(
    'fit',
    'table.csv',
    '--target',
    'way',
    '--output',
    'model.safetensors',
    '--report',
    'out.html',
    '--json',
  ),
);
assert.equal(fit.rows, 60);
assert.match(readFileSync('out.html', 'utf8'), /<svg/);
const predictions = agop('predict', 'model.safetensors', 'table.csv').trim().split('\n');
assert.equal(predictions.length, 61);
