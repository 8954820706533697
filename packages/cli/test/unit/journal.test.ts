import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tableFromColumns } from '@agop/data';
import { portfolio, type TrialEvent } from '@agop/tabular';
import { afterAll, expect, test } from 'vitest';
import type { Context } from '../../src/command.ts';
import { markOf, openJournal } from '../../src/journal/journal.ts';
import { Folder } from '../program.ts';

const folder = new Folder();
afterAll(() => folder[Symbol.dispose]());

const notes: string[] = [];
const context: Pick<Context, 'note'> = { note: (remark) => notes.push(JSON.stringify(remark)) };
const [first] = portfolio;
const event = (trial: number, rung = 0): TrialEvent => ({
  record: {
    trial,
    rung,
    candidate: first as (typeof portfolio)[number],
    score: 1,
    choice: undefined,
    rows: 3,
    seconds: 1,
    failure: undefined,
  },
  verdict: { choices: [], rows: Int32Array.of(0, 1), seconds: 1 },
  done: trial + 1,
  trials: undefined,
  seconds: 1,
});

test('what was found is there again, but for a line that was cut off; other rows are refused', async () => {
  const output = folder.at('model.safetensors');
  const table = tableFromColumns({ a: [1, 2], b: ['x', 'y'] });
  const mark = markOf({ seed: 0, time: 3 }, table);
  const journal = await openJournal(output, mark, false, context);
  journal?.add(event(0));
  journal?.add(event(1));
  // The same trial in the next round.
  journal?.add(event(1, 1));
  await journal?.writeLeaf('leaf-1', Uint8Array.of(1, 2, 3));
  await journal?.settle();
  const path = join(`${output}.resume`, 'trials.jsonl');
  appendFileSync(path, '{"trial":2,"rung":0,"key":"cut');
  // More time is no other fit.
  const resumed = await openJournal(output, markOf({ seed: 0, time: 60 }, table), true, context);
  expect(resumed?.trials?.split('\n').map((line) => JSON.parse(line).trial)).toEqual([0, 1, 1]);
  expect(notes.at(-1)).toMatch(/2 trials are known/);
  expect(await resumed?.readLeaf('leaf-1')).toEqual(Buffer.from([1, 2, 3]));
  expect(await resumed?.readLeaf('leaf-2')).toBeUndefined();
  resumed?.add(event(1));
  resumed?.add(event(3));
  await resumed?.settle();
  const kept = readFileSync(path, 'utf8').trim().split('\n');
  expect([kept.length, JSON.parse(kept.at(-1) ?? '').trial]).toEqual([5, 3]);
  const other = markOf({ seed: 0 }, tableFromColumns({ a: [1, 3], b: ['x', 'y'] }));
  await expect(openJournal(output, other, true, context)).rejects.toThrow(/with other rows or settings/);
  await resumed?.remove();
  expect(existsSync(`${output}.resume`)).toBe(false);
});

test('beside a device nothing is kept, and a fit needs none of it', async () => {
  const nowhere = join(folder.file('file', ''), 'model');
  expect(await openJournal(nowhere, 'mark', false, context)).toBeUndefined();
  await expect(openJournal(nowhere, 'mark', true, context)).rejects.toThrow(/Cannot keep what the fit finds/);
});
