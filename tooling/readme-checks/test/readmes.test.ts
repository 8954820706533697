import { expect, test } from 'vitest';
import { examplesOf, readmes } from '../src/examples.ts';
import { runPrinted } from './run-printed.ts';

for (const readme of readmes()) {
  const examples = examplesOf(readme);

  test(`${readme} shows a program`, () => {
    expect(examples.length).toBeGreaterThan(0);
  });

  for (const { where, code } of examples) {
    test(`${where} runs as printed`, { timeout: 60_000 }, () => runPrinted(code));
  }
}
