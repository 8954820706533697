import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Ended, Folder, houses, run } from '../program.ts';

const folder = new Folder();
afterAll(() => folder[Symbol.dispose]());

describe('agop subspace', () => {
  const model = folder.at('directions.safetensors');
  const report = folder.at('directions.html');
  let table = '';
  let found: Ended;
  beforeAll(async () => {
    table = folder.file('houses.csv', houses(120));
    const files = ['--output', model, '--report', report];
    found = await run([
      'subspace',
      table,
      '--target',
      'price',
      '--method',
      'opg',
      '--dimension',
      '2',
      ...files,
    ]);
  });

  test('says how many directions there are, and their loadings', () => {
    expect(found.code, found.stderr).toBe(0);
    expect(found.stdout).toMatch(/2 directions that price depends on/);
    expect(found.stdout).toMatch(/[+−] area +0\.\d{3}/);
    expect(found.stdout).toMatch(/R² 0\.\d+ \(the mean: 0\)/);
    const html = readFileSync(report, 'utf8');
    expect(html).toContain('price along direction 2');
    expect(html.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|<script/);
  });

  test('the model predicts, and writes rows along the directions', async () => {
    const { code, stdout, stderr } = await run(['predict', model, table]);
    expect(code, stderr).toBe(0);
    const [header, first, ...others] = stdout.trim().split('\n');
    expect(header).toBe('price,direction1,direction2');
    expect(first?.split(',').map(Number).every(Number.isFinite)).toBe(true);
    expect(others).toHaveLength(119);
    expect(stderr).toMatch(/R² 0\.\d+ on these 120 rows/);
  });

  test('inspect tells what the model is', async () => {
    const { code, stdout } = await run(['inspect', model, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      kind: 'subspace',
      method: 'opg',
      dimension: 2,
      target: ['price'],
    });
  });

  test('classes, with probabilities', async () => {
    const classifier = folder.at('colours.safetensors');
    const args = ['--target', 'colour', '--method', 'sir', '--dimension', 'gap', '--json'];
    const { code, stdout, stderr } = await run(['subspace', table, ...args, '--output', classifier]);
    expect(code, stderr).toBe(0);
    const { task, selection, score } = JSON.parse(stdout);
    expect(task).toBe('classification');
    expect(selection.rule).toBe('gap');
    expect(score.measure).toBe('accuracy');
    const predicted = await run(['predict', classifier, table, '--probabilities']);
    expect(predicted.stdout.split('\n')[0]).toMatch(/^colour,p\(.*\)"?,direction1/);
  });

  test.each([
    [['--method', 'magic'], '--method must be one of refinedMave,'],
    [['--dimension', '-1'], '--dimension must be a whole number from 1, or auto, gap, cross-validation'],
    [['--method', 'modalOpg', '--task', 'classification'], '--method modalOpg needs one column of numbers'],
    [['--target', 'price'], "--target names the column 'price' twice"],
  ])('%j is refused in one line', async (args, message) => {
    const { code, stderr } = await run(['subspace', table, '--target', 'price', ...args]);
    expect(code).not.toBe(0);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
