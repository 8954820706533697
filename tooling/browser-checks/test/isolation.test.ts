import { expect, inject, test } from 'vitest';

test('the page is isolated exactly where the configuration wants it', () => {
  expect(globalThis.crossOriginIsolated).toBe(inject('isolated'));
});
