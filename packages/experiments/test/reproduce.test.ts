import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { list, number, text, whole } from '@agop/core/options';
import { afterAll, expect, test } from 'vitest';
import * as z from 'zod/mini';
import network from '../reproduce/grokking/network.ts';
import { manifest } from '../reproduce/manifest.ts';
import { fillTables, markdownTable } from '../reproduce/page.ts';
import { problemOf, program, settingsOf } from '../reproduce/program.ts';
import { RunParts } from '../src/run-parts.ts';

const folder = mkdtempSync(join(tmpdir(), 'agop-reproduce-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const missing = join(folder, 'no-such-folder', 'epochs.json');

test.each([
  [['--optimizer', 'foo'], "--optimizer must be one of adamw, sgd, but is 'foo'."],
  [['--width', 'abc'], "--width must be a whole number from 1, but is 'abc'."],
  [['--epochs', '0'], '--epochs must be a whole number from 1, but is 0.'],
  [['--batch', '2.5'], '--batch must be a whole number'],
  [['--rate=-1'], '--rate must be a number from 0, but is -1.'],
  [['--decay='], "--decay must be a number from 0, but is ''."],
  [['--p', '12', '--op', '/'], 'Division (x / y) modulo p needs a prime p, but p is 12.'],
  [['--op', 'x^y'], "There is no operation 'x^y'."],
  [['--fraction', '1.5'], 'between 0 and 1, but is 1.5'],
  [['--wdith', '8'], "Unknown option '--wdith'"],
  [['--json', missing], '--json: the folder'],
])('the program of networks refuses %j in one line', async (args, message) => {
  const problem = await network.run(args, { name: 'grokking-network', base: folder }).then(
    () => undefined,
    (error) => problemOf(network, error),
  );
  expect(problem).toContain(message);
  expect(problem).not.toContain('\n');
});

test('programs take what is typed', () => {
  const options = {
    op: text({ default: '+', description: '' }),
    p: whole({ from: 2, default: 61, description: '' }),
    agopPenalty: number({ default: 0, description: '' }),
    ridge: list(number({ description: '' })),
  };
  const args = ['--op', '/', '--p=7', '--agop-penalty', '0.5', '--ridge', '1', '--ridge', '2'];
  expect(settingsOf(options, args)).toEqual({ op: '/', p: 7, agopPenalty: 0.5, ridge: [1, 2] });
  expect(settingsOf(options, [])).toEqual({ op: '+', p: 61, agopPenalty: 0, ridge: [] });
});

test('a program goes on after what an interrupted run of the same settings has kept', async () => {
  const made: string[] = [];
  let isKilled = true;
  const own = program({ rate: number({ default: 1, description: '' }) }, async ({ rate }, folder) => {
    const run = new RunParts(folder, 2);
    for (const name of ['a', 'b']) {
      await run.take({ name, kind: z.string() }, async () => {
        if (isKilled && name === 'b') throw new Error('killed');
        made.push(`${name} ${rate}`);
        return name;
      });
    }
  });
  const told: string[] = [];
  const context = { name: 'own', base: folder, onKept: (words: string) => told.push(words) };
  await expect(own.run([], context)).rejects.toThrow('killed');
  expect(told).toEqual([expect.stringMatching(/^1 part is kept in .*: the same command goes on from there/)]);
  await expect(own.run([], context)).rejects.toThrow('killed');
  isKilled = false;
  await own.run(['--rate', '2'], context);
  await own.run([], context);
  expect(made).toEqual(['a 1', 'a 2', 'b 2', 'b 1']);
  // What has ended is made anew.
  isKilled = true;
  await expect(own.run([], context)).rejects.toThrow('killed');
  isKilled = false;
  await own.run(['--again'], context);
  expect(made.slice(4)).toEqual(['a 1', 'a 1', 'b 1']);
});

test('every program of the manifest loads, and every command of the workspace names one', async () => {
  for (const { load } of manifest) expect((await load()).default).toHaveProperty('run');
  const root = join(import.meta.dirname, '../../..');
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const named = Object.values(scripts).flatMap((script) => {
    const [, name] = /reproduce\/main\.ts ([\w-]+)/.exec(script) ?? [];
    return name === undefined ? [] : [name];
  });
  expect(named.sort()).toEqual(manifest.map(({ name }) => name).sort());
});

test('tables stand between the markers of a page', () => {
  const page = join(folder, 'page.md');
  writeFileSync(
    page,
    'a\n<!-- table: one -->\nold\n<!-- end -->\nb\n<!-- table: two -->\nkept\n<!-- end -->\n',
  );
  fillTables(page, { one: markdownTable(['x', 'y'], [['1', '2']], [1]) });
  expect(readFileSync(page, 'utf8')).toBe(
    'a\n<!-- table: one -->\n| x | y |\n|---|--:|\n| 1 | 2 |\n<!-- end -->\nb\n<!-- table: two -->\nkept\n<!-- end -->\n',
  );
});

// Each is a process of its own, on machines that may be busy.
test.each([
  [['grokking-network', '--optimizer', 'foo'], "--optimizer must be one of adamw, sgd, but is 'foo'."],
  [['grokking-network', '--circulant', '--p', '12', '--op', '*'], 'needs a prime p, but p is 12.'],
])('%j ends with one line', { timeout: 60_000 }, (args, message) => {
  const main = fileURLToPath(new URL('../reproduce/main.ts', import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-C', '@agop/source', main, ...args], {
    encoding: 'utf8',
  });
  expect(status, stderr).toBe(1);
  expect(stderr.trim().split('\n'), stderr).toHaveLength(1);
  expect(stderr).toContain(message);
  expect(stdout).toBe('');
});
