import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const reports = new URL('../../../api/experiments/', import.meta.url);

test('no declaration of @agop/experiments needs the types of TensorFlow.js, which may not be installed', () => {
  for (const name of readdirSync(reports)) {
    expect(readFileSync(new URL(name, reports), 'utf8'), name).not.toMatch(/tfjs|tensorflow\/|@agop\/nfa'/);
  }
});
