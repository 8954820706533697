import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createNaiveBackend } from '@agop/core/naive';
import { type Given, resolve } from '@agop/core/options';
import { RunFolder } from '@agop/experiments/node';
import { afterAll, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { runAlignment } from '../src/alignment/run.ts';
import { alignmentOptions } from '../src/alignment/settings.ts';
import { RunParts } from '../src/run-parts.ts';

const base = mkdtempSync(join(tmpdir(), 'agop-parts-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));
const open = (of: unknown, name = 'run'): RunFolder => new RunFolder({ name, of }, { base });

describe('the parts of a run', () => {
  const kind = z.object({ seed: z.int(), values: z.array(z.number()) });
  const part = (seed: number) => ({ seed, values: [0.1 + 0.2, 1 / 3, 5e-324, -1.7e308] });

  test('are found again bit by bit, and made once', async () => {
    const folder = open('bits');
    const made: number[] = [];
    const run = async (seeds: number) => {
      const parts = new RunParts(folder, seeds);
      const all = [];
      for (let seed = 0; seed < seeds; seed++) {
        all.push(
          await parts.take({ name: `seed ${seed}`, kind }, async () => {
            made.push(seed);
            return part(seed);
          }),
        );
      }
      return all;
    };
    expect(await run(2)).toEqual([part(0), part(1)]);
    expect(await run(3)).toEqual([part(0), part(1), part(2)]);
    expect(made).toEqual([0, 1, 2]);
    expect(folder.count).toBe(3);
    await folder.remove();
    expect([existsSync(folder.path), folder.count]).toEqual([false, 0]);
  });

  test.each(['', '{"seconds": 1, "part": {"seed"', '{"seconds": 1, "part": {"seed": "x"}}', 'null', '[1]'])(
    'that are cut off or of another kind are made again: %j',
    async (text) => {
      const folder = open(text);
      const take = () => new RunParts(folder, 1).take({ name: 'one', kind }, async () => part(7));
      await take();
      const [file = ''] = readdirSync(folder.path);
      writeFileSync(join(folder.path, file), text);
      expect(await take()).toEqual(part(7));
      expect(JSON.parse(readFileSync(join(folder.path, file), 'utf8')).part).toEqual(part(7));
    },
  );

  test('say how much is left, of what is made here', async () => {
    const folder = open('progress');
    await new RunParts(folder, 1).take({ name: 'a', kind, work: 3 }, async () => part(0));
    const parts = new RunParts(folder, 4);
    await parts.take({ name: 'a', kind, work: 3 }, () => Promise.reject(new Error('it is there')));
    expect(parts.progress()).toEqual({ fraction: 0.75, secondsLeft: undefined });
    await parts.take({ name: 'b', kind }, async () => {
      expect(parts.progress(0.5).fraction).toBe(0.875);
      expect(parts.progress(0.5).secondsLeft).toBeGreaterThan(0);
      return part(1);
    });
    expect(parts.progress()).toEqual({ fraction: 1, secondsLeft: 0 });
  });
});

describe('the folder of a run', () => {
  test('is another for other settings or data, which stay', async () => {
    const of = (rate: number, pixel: number) => ({ settings: { rate }, data: [Float32Array.of(1, pixel)] });
    const first = open(of(1, 2));
    await first.write('one.json', new Uint8Array());
    expect(open(of(1, 2)).path).toBe(first.path);
    const others = [open(of(2, 2)), open(of(1, 3)), open(of(1, 2), 'run-of')];
    expect(new Set([first, ...others].map(({ path }) => path)).size).toBe(4);
    expect(others.map(({ count }) => count)).toEqual([0, 0, 0]);
    expect(others.map((one) => one.others().includes(first.path))).toEqual([true, true, false]);
  });

  test('that cannot be written is told once, and the run goes on', async () => {
    const file = join(base, 'file');
    writeFileSync(file, '');
    const told: unknown[] = [];
    const folder = new RunFolder(
      { name: 'run', of: 1 },
      { base: file, onTrouble: (error) => told.push(error) },
    );
    const parts = new RunParts(folder, 2);
    for (const name of ['a', 'b']) {
      expect(await parts.take({ name, kind: z.string() }, async () => name)).toBe(name);
    }
    expect(told).toHaveLength(1);
  });
});

test.each<Given<typeof alignmentOptions>>([
  { study: 'trace', epochs: 3, width: 6, every: 2 },
  { study: 'speed', epochs: 2, width: 6 },
  { study: 'early', units: [4, 6] },
])('a run of %j that is ended after its first part goes on to the same result', async (given) => {
  using backend = createNaiveBackend();
  const settings = resolve(alignmentOptions, { ...given, samples: 24, seeds: 2 });
  const whole = await runAlignment(settings, undefined, { backend });
  const folder = open(given);
  const killed = new AbortController();
  const store = {
    read: (name: string) => folder.read(name),
    write: async (name: string, bytes: Uint8Array) => {
      await folder.write(name, bytes);
      killed.abort();
    },
  };
  const first = runAlignment(settings, undefined, { backend, signal: killed.signal, parts: store });
  await expect(first).rejects.toThrow(/abort/i);
  expect(folder.count).toBe(1);
  const { summary } = await runAlignment(settings, undefined, { backend, parts: folder });
  expect({ ...summary, seconds: 0 }).toEqual({ ...whole.summary, seconds: 0 });
});
