// How long `@agop/tabular` takes end to end on made tables of many rows: read, choose, fit, save, load,
// predict. Each in a process of its own, so that its peak of memory is its own.
//
//   pnpm bench:tables [--rows 100000,1000000] [--classes 0] [--workers 2]
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { testRows, writeMadeTable } from '../tabular-data.ts';

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '100000' },
    classes: { type: 'string', default: '0' },
    workers: { type: 'string', default: `${availableParallelism()}` },
  },
});
const [columns, classes] = [20, Number(options.classes)];

/** Writes some rows of a made table as text. */
async function writeText(path: string, values: Float32Array, begin: number, end: number): Promise<void> {
  const all = values.length / (columns + 1);
  const file = createWriteStream(path);
  const names = Array.from({ length: columns }, (_, k) => `x${k}`);
  file.write(`${[...names, 'target'].join(',')}\n`);
  for (let row = begin; row < end; row++) {
    const x = values.subarray(row * columns, (row + 1) * columns);
    const y = values[all * columns + row] as number;
    const cells = Array.from(x, (value) => value.toFixed(5));
    if (!file.write(`${[...cells, classes > 0 ? `class ${y}` : y.toFixed(5)].join(',')}\n`)) {
      await once(file, 'drain');
    }
  }
  file.end();
  await once(file, 'finish');
}

for (const rows of options.rows.split(',').map(Number)) {
  const folder = mkdtempSync(join(tmpdir(), 'agop-bench-'));
  try {
    const binary = join(folder, 'made.f32');
    writeMadeTable(binary, rows, columns, classes);
    const values = new Float32Array(readFileSync(binary).buffer);
    rmSync(binary);
    const [training, test] = [join(folder, 'training.csv'), join(folder, 'test.csv')];
    await writeText(training, values, 0, rows);
    await writeText(test, values, rows, rows + testRows);
    const flags = ['-C', '@agop/source', '--experimental-wasm-revectorize'];
    const program = join(import.meta.dirname, 'fit.ts');
    const task = classes > 0 ? 'classification' : 'regression';
    const { stdout } = spawnSync(
      process.execPath,
      [...flags, program, training, test, task, options.workers],
      {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    console.log(stdout.trim());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
