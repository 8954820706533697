import { say } from '@agop/core';
import { parseCsv } from '@agop/data';
import { expect, test } from 'vitest';
import { inPage } from '../src/worker/table/in-page.ts';

test('notes of a table speak of the choices of the page, or of options of the program', () => {
  const rows = Array.from({ length: 30 }, (_, i) => `${i % 5 === 0 ? 'NA' : 'Rome'},${i}`);
  const notes = parseCsv(`city,age\n${rows.join('\n')}`).notes ?? [];
  const said = notes.map(({ message }) => say(message, inPage)).join('\n');
  expect(said).toMatch(/column 'city'.*: --no-usual-missing of the program \(agop fit\) keeps it as a text/);
  expect(said).not.toContain('`');
  expect(inPage({ option: 'categorical', value: 'city' })).toBe("the choice 'categories'");
  expect(inPage({ option: 'decimal', value: ',' })).toBe("the choice 'numbers with a decimal comma'");
  expect(inPage({ option: 'ignore', value: 'city' })).toBe("the choice 'left out'");
});
