import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Fault } from '../src/fault.ts';
import { faults } from '../src/faults/index.ts';
import { tryFaults } from '../src/try-faults.ts';

/** What is quick and the same each time; `pnpm faults` tries the others as well. */
const quick = [
  /SIGKILL while models/,
  /folder, a link/,
  /named pipe/,
  /longer than 16 kB/,
  /helper threads/,
  /each allocation/,
  /memory of the backend/,
  /AbortSignal/,
  /time of day/,
];

describe('what goes wrong around a program', () => {
  const chosen = faults.filter(({ name }) => quick.some((part) => part.test(name)));

  test('there is one for each line', () => {
    for (const part of quick) expect(chosen.filter(({ name }) => part.test(name)).length).toBeGreaterThan(0);
  });

  test.each(chosen)('$group: $name', { timeout: 120_000 }, async (fault) => {
    const [outcome] = await tryFaults([fault], { seed: 1, rounds: 2 });
    // Where a machine lacks what is needed, the outcome says so.
    if (fault.missing?.() !== undefined) expect(outcome?.result).toBe('not tried');
    else expect(outcome).toMatchObject({ result: 'held' });
  });
});

describe('trying faults', () => {
  const fault = (run: Fault['run']): Fault => ({ group: 'clock', name: 'planted', holds: 'nothing', run });

  test('what does not hold is told, and the folder goes away', async () => {
    let folder = '';
    const outcomes = await tryFaults(
      [
        fault(async (place) => {
          folder = place.folder;
          writeFileSync(join(folder, 'left'), '');
          throw new Error('it broke');
        }),
      ],
      { seed: 1, rounds: 1 },
    );
    expect(outcomes).toMatchObject([{ result: 'did not hold', seen: 'it broke' }]);
    expect(() => readdirSync(folder)).toThrow(/ENOENT/);
  });

  test('what cannot be tried is told with the reason, and not tried', async () => {
    const missing = { ...fault(() => Promise.reject(new Error('tried'))), missing: () => 'needs a moon' };
    expect(await tryFaults([missing], { seed: 1, rounds: 1 })).toMatchObject([
      { result: 'not tried', seen: 'needs a moon' },
    ]);
  });

  test('the same seed hits at the same moments', async () => {
    const moments: number[][] = [];
    const noting = fault(async ({ random }) => {
      moments.push([random(), random()]);
      return '';
    });
    await tryFaults([noting], { seed: 3, rounds: 1 });
    await tryFaults([noting], { seed: 3, rounds: 1 });
    expect(moments[0]).toEqual(moments[1]);
  });
});
