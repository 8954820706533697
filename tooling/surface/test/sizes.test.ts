import { expect, test } from 'vitest';
import { bundleSize } from '../src/bundle-sizes.ts';

test('what is loaded later does not count, what is imported does', async () => {
  const [core, data, options] = ['core/src/index.ts', 'data/src/index.ts', 'core/src/options.ts'].map(
    (path) => bundleSize({ source: `packages/${path}` }),
  );
  expect(await core).toBeGreaterThan((await options) ?? 0);
  expect(await data).toBeGreaterThan((await core) ?? 0);
});
