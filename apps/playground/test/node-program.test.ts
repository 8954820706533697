import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { resolve } from '@agop/core/options';
import { decodeSafetensors } from '@agop/estimators';
import { tabularOptions } from '@agop/experiments/tabular';
import { expect, test } from 'vitest';
import { nodePrograms } from '../src/table/node-program.ts';

const root = join(import.meta.dirname, '../../..');
const settings = resolve(tabularOptions, { target: ['progression'], ignore: ["patient's name"], seed: 0 });

test('the program to copy runs in Node, and writes model and report', async () => {
  const folder = join(import.meta.dirname, '../dist/same-in-node');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(root, 'examples/data/diabetes.csv.gz'), join(folder, 'diabetes.csv.gz'));
  const { program } = nodePrograms('diabetes.csv.gz', { ...settings, ignore: [] }, 10);
  writeFileSync(join(folder, 'program.ts'), program);
  const { stdout } = await promisify(execFile)(process.execPath, ['-C', '@agop/source', 'program.ts'], {
    cwd: folder,
  });
  expect(stdout).toContain('best:');
  const { metadata } = decodeSafetensors(new Uint8Array(readFileSync(join(folder, 'model.safetensors'))));
  expect(metadata['preprocessing']).toBeUndefined();
  expect(Object.keys(metadata).join(' ')).toContain('preprocessing');
  expect(existsSync(join(folder, 'report.html'))).toBe(true);
});

test('commands name what was fitted; names are quoted for a shell', () => {
  const { command } = nodePrograms('my table.csv', settings, 12.3);
  expect(command).toContain(
    "npx agop fit 'my table.csv' --target progression --ignore 'patient'\\''s name' --preset rfm2022",
  );
  expect(command).toContain('--time 13s');
  expect(nodePrograms('t.csv', settings, undefined).command).not.toContain('--time');
});
