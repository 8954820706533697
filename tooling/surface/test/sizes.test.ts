import { expect, test } from 'vitest';
import ceilings from '../sizes.json' with { type: 'json' };
import { bundleSize } from '../src/bundle-sizes.ts';
import { entries } from '../src/entries.ts';

// Larger on purpose? `pnpm sizes` agrees on the sizes as they are, and the change of sizes.json shows in the
// review.
test('no entry is larger than what was agreed', { timeout: 120_000 }, async () => {
  const limits: Readonly<Record<string, number>> = ceilings;
  const measured = await Promise.all(
    entries.map(async (entry) => ({ name: entry.name, kB: (await bundleSize(entry)) / 1000 })),
  );
  console.log(
    ['kB, minified and compressed, of each entry with what it imports:']
      .concat(
        measured.map(
          ({ name, kB }) => `  ${name.padEnd(24)} ${kB.toFixed(1).padStart(6)} of ${limits[name]}`,
        ),
      )
      .join('\n'),
  );
  expect(measured.filter(({ name, kB }) => !(kB <= (limits[name] ?? 0)))).toEqual([]);
  expect(Object.keys(limits).toSorted()).toEqual(entries.map(({ name }) => name).toSorted());
});

test('what is loaded later does not count, what is imported does', async () => {
  const [core, data, options] = ['core/src/index.ts', 'data/src/index.ts', 'core/src/options.ts'].map(
    (path) => bundleSize({ source: `packages/${path}` }),
  );
  expect(await core).toBeGreaterThan((await options) ?? 0);
  expect(await data).toBeGreaterThan((await core) ?? 0);
});
