import { expect, test } from 'vitest';
import { excerpt } from '../src/theme/excerpt.ts';

const shown = (text: string, words: readonly string[]): string =>
  excerpt(text, words)
    .map((part) => (part.isFound ? `[${part.text}]` : part.text))
    .join('');

test('a short text is shown whole, with the words that were found in it', () => {
  expect(shown('The  metric\nof a Laplace kernel', ['laplace', 'the'])).toBe(
    '[The] metric of a [Laplace] kernel',
  );
  expect(shown('parts of words are not words', ['part', 'word'])).toBe('parts of words are not words');
});

test('of a long text what stands around the first word that was found', () => {
  const long = `${'before '.repeat(40)}found ${'after '.repeat(40)}`;
  const text = shown(long, ['found']);
  expect(text).toMatch(/^… (before )+\[found\] (after )+…$/);
  expect(text.length).toBeLessThan(180);
  expect(shown(long, ['nothing'])).toMatch(/^(before )+…$/);
  expect(shown(long, [])).toMatch(/^(before )+…$/);
});

test('texts without words or spaces, and words of any signs, lead to no error', () => {
  expect(shown('', ['a'])).toBe('');
  expect(shown('x'.repeat(500), ['y'])).toHaveLength(162);
  expect(shown('c++ and a(b', ['c++', 'a(b'])).toContain('[a(b]');
});
