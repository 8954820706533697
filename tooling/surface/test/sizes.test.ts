import { expect, test } from 'vitest';
import ceilings from '../sizes.json' with { type: 'json' };
import { bundleSizes } from '../src/bundle-sizes.ts';
import { entries } from '../src/entries.ts';

// Larger on purpose? `pnpm sizes` agrees on the sizes as they are, and the change of sizes.json shows in the
// review.
test('no entry is larger than what was agreed', { timeout: 120_000 }, async () => {
  const limits: Readonly<Record<string, number>> = ceilings;
  const sizes = await bundleSizes(entries);
  const measured = entries.map(({ name, source }) => ({ name, kB: (sizes.get(source) ?? NaN) / 1000 }));
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
  const sources = ['core/src/index.ts', 'data/src/index.ts', 'core/src/options.ts', 'backend/src/index.ts'];
  const entries = sources.map((path) => ({ source: `packages/${path}` }));
  const sizes = await bundleSizes(entries);
  const [core = NaN, data, options, backend] = entries.map(({ source }) => sizes.get(source));
  expect(core).toBeGreaterThan(options ?? NaN);
  expect(data).toBeGreaterThan(core);
  // It loads one engine or the other, and each of them imports more of core than there is in this.
  expect(backend).toBeLessThan(core);
});
