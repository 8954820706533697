import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createNaiveBackend } from '@agop/core/naive';
import { afterAll, expect, test } from 'vitest';
import { TableSession } from '../src/worker/table-session.ts';

const root = join(import.meta.dirname, '../../..');
const folder = mkdtempSync(join(tmpdir(), 'agop-playground-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const kinds = ['a', 'b'];
const table = ['size,kind,price,quality'];
for (let i = 0; i < 48; i++)
  table.push(`${1.5 * i},${kinds[i % 2]},${Math.sqrt(i)},${i % 3 ? 'low' : 'high'}`);
const further = 'size,kind\n20,a\n900,b\n30,c\n';

function bytesOf(text: string): ArrayBuffer {
  return Uint8Array.from(Buffer.from(text)).buffer;
}

/** The CSV of `agop predict` for further rows. */
async function inProgram(model: Uint8Array, flags: readonly string[]): Promise<string> {
  const paths = ['model.safetensors', 'further.csv'].map((name) => join(folder, name));
  const [file = '', rows = ''] = paths;
  writeFileSync(file, model);
  writeFileSync(rows, further);
  const program = ['-C', '@agop/source', 'packages/cli/src/main.ts', 'predict'];
  const args = [...program, file, rows, '--backend', 'naive', '--outside', ...flags];
  return (await promisify(execFile)(process.execPath, args, { cwd: root })).stdout;
}

test.each([
  ['numbers', 'price', 'quality', [], 'price,outside'],
  ['classes', 'quality', 'price', ['--probabilities'], 'quality,p(high),p(low),outside'],
] as const)('predictions of %s say which rows lie outside, as those of the program', async (...given) => {
  const [, target, other, flags, header] = given;
  using backend = createNaiveBackend();
  const facts = { description: '', threads: 1, noMoreThreads: undefined, simd: '' };
  const session = new TableSession({ backend, facts: { ...facts, maximumBytes: 2 ** 30, gigaflops: 1 } });
  await session.open({ bytes: bytesOf(table.join('\n')), name: 'table.csv', types: {} });
  const fit = {
    target,
    task: undefined,
    ignore: [other],
    categorical: [],
    seconds: 8,
    tuning: true,
    seed: 0,
  };
  const { models } = await session.run(fit);
  expect(models.map(({ kind }) => kind)).toEqual(['rfm', 'tuned']);
  for (const { kind } of models) {
    const file = { bytes: bytesOf(further), name: 'further.csv' };
    const csv = await session.predictions({ kind, file });
    const [first, usual, above, unseen] = csv.trim().split('\n');
    expect(first).toBe(header);
    expect(usual).toMatch(/,$/);
    expect(above).toContain('size above 70.5');
    expect(unseen).toContain('kind unseen');
    expect(csv).toBe(await inProgram(await session.toBytes(kind), flags));
  }
  session.dispose();
});
