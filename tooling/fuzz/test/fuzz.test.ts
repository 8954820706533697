import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { corpusFolder, keptInputs } from '../src/corpus.ts';
import { replay } from '../src/replay.ts';
import { inputAt, search } from '../src/search.ts';
import { calls } from '../src/targets/functions.ts';
import { targets } from '../src/targets/index.ts';
import { planted } from '../src/targets/planted.ts';
import { Trial } from '../src/trial.ts';
import { exceptions, exportedFunctions } from './exported-functions.ts';

/** Each seed gives the same inputs; another one is taken from AGOP_FUZZ_SEED. */
const seed = Number(process.env['AGOP_FUZZ_SEED'] ?? 1);
test('inputs that once went wrong', { timeout: 240_000 }, async () => {
  using trial = new Trial();
  const wrong: unknown[] = [];
  for (const target of targets) {
    for (const [name, { input }] of keptInputs(target.name)) {
      const verdict = await trial.run(target, input);
      if (!verdict.passed) wrong.push([`${target.name}/${name}`, verdict.fault, verdict.message]);
    }
  }
  expect(wrong).toEqual([]);
});

test(`a search with the seed ${seed}`, { timeout: 10 * 60_000 }, async () => {
  using trial = new Trial();
  const words: string[] = [];
  for (const target of targets) {
    // As many on each machine: what is tried does not depend on how busy it is.
    const tally = { inputs: 0, outcomes: new Map() };
    const find = await search(target, trial, seed, tally, { most: target.inTests });
    if (find) {
      const { replay, verdict, input } = find;
      const what = `${target.name} ${JSON.stringify(input).slice(0, 1000)}`;
      words.push(`pnpm fuzz --replay ${replay}: ${verdict.fault}: ${verdict.message} ${what}`);
    } else expect(tally.inputs).toBe(target.inTests);
  }
  expect(words).toEqual([]);
});

describe('the search itself', () => {
  test('the same seed gives the same inputs', () => {
    for (const target of targets) expect(inputAt(target, 7, '3')).toEqual(inputAt(target, 7, '3'));
  });

  test('inputs are plain data, which JSON keeps', () => {
    for (const target of targets) {
      for (const path of ['0', '1', '2', '5']) {
        const input = inputAt(target, seed, path);
        expect(JSON.parse(JSON.stringify(input, (_, value) => (Object.is(value, -0) ? 0 : value)))).toEqual(
          JSON.parse(JSON.stringify(input)),
        );
      }
    }
  });

  test.each([
    ['a TypeError', 'untyped error'],
    ['an error of another kind', 'wrong error'],
    ['a tensor', 'tensor left'],
    ['a prototype', 'prototype changed'],
    ['a promise', 'unhandled rejection'],
    ['an endless loop', 'hang'],
    ['the end of the process', 'crash'],
  ] as const)('%s is found, made small, and tried again', { timeout: 240_000 }, async (kind, fault) => {
    const target = planted(kind);
    using trial = new Trial();
    // Each step towards a smaller input that ends the process starts it again.
    const isDeadly = fault === 'hang' || fault === 'crash';
    const tally = { inputs: 0, outcomes: new Map() };
    const find = await search(target, trial, seed, tally, {
      milliseconds: 60_000,
      patience: isDeadly ? 0 : 30_000,
    });
    expect(find).toMatchObject({ verdict: { fault }, input: { kind, ...(!isDeadly && { number: 10 }) } });
    expect(await trial.run(target, find?.input)).toMatchObject({ passed: false, fault });
  });

  test('what hangs is found where the time is over before it', { timeout: 240_000 }, async () => {
    const target = planted('an endless loop');
    using trial = new Trial();
    const tally = { inputs: 0, outcomes: new Map() };
    const find = await search(target, trial, seed, tally, { milliseconds: 1500 });
    expect(find).toMatchObject({ verdict: { fault: 'hang' } });
  });

  test('a killed search leaves no process, also where an input hangs', { timeout: 120_000 }, async () => {
    const program = join(import.meta.dirname, 'hanging.ts');
    const search = spawn(process.execPath, ['--conditions=@agop/source', program]);
    const [line] = await once(search.stdout, 'data');
    const pid = Number(line);
    expect(isRunning(pid)).toBe(true);
    search.kill('SIGKILL');
    await expect.poll(() => isRunning(pid), { timeout: 60_000, interval: 100 }).toBe(false);
  });

  test('a file of the corpus is replayed by its path', { timeout: 240_000 }, async () => {
    expect(await replay(join(corpusFolder, 'csv', 'one-column-missing-cell.json'))).toMatchObject({
      passed: true,
    });
  });
});

test('public functions are tried, or left out for a reason', () => {
  const tried = new Set(calls.flatMap(({ of }) => of.map((name) => name.split('.')[0])));
  const missing = exportedFunctions().filter((name) => !tried.has(name) && !Object.hasOwn(exceptions, name));
  expect(missing).toEqual([]);
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
