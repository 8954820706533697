import type { OptionNaming } from '@agop/core';
import { modularTask } from '@agop/grokking';
import { describe, expect, test } from 'vitest';
import { beyondChance, operationRecords } from '../src/grokking/chance.ts';
import type { Iteration } from '../src/grokking/result.ts';
import { deviationsInWords, fitInWords, hiddenInWords, verdict } from '../src/grokking/sentences.ts';
import { tracedStructures } from '../src/grokking/structures.ts';

const task = modularTask({ operation: '+', p: 61, fraction: 0.1 });
const known = { p: 61, operations: operationRecords(task) };

function iteration(index: number, measures: Partial<Iteration>): Iteration {
  return {
    iteration: index,
    trainLoss: 1e-27,
    testLoss: 0.016,
    trainAccuracy: 1,
    testAccuracy: 0,
    correctLogitLoss: 1,
    circulantDeviation: 1,
    alignment: 1,
    ...measures,
  };
}

const withAccuracies = (...accuracies: number[]) => ({
  ...known,
  iterations: accuracies.map((testAccuracy, i) => iteration(i, { testAccuracy })),
});
const withDeviations = (...deviations: (number | null)[]) => ({
  ...known,
  iterations: deviations.map((circulantDeviation, i) =>
    iteration(i, { circulantDeviation, alignment: i === deviations.length - 1 ? 1 : 0.7 }),
  ),
});

const half = { fraction: 0.5 };

describe('the verdict follows from the accuracies', () => {
  test.each([
    [[0, 0.03, 0.06], /never left the level of chance \(1 of 61: 1\.6 %\): it was at most 6\.0 %\.$/],
    [
      [0, 0.2, 0.1],
      /leaves the level of chance \(1 of 61: 1\.6 %\) at iteration 1, but was at most 20\.0 %\./,
    ],
    [[0, 0.2, 0.6, 0.9], /at iteration 1, passes 50 % at 2, and is at most 90\.0 %\./],
    [[0, 0.9, 0.9997], /passes 50 % at 1, and is at most 99\.970 %\./],
    [[0, 1, 1], /passes 50 % at 1, and is 100 % from 1 on\./],
    [[0, 1, 0.9], /passes 50 % at 1, and is 100 % at 1, though not ever after\./],
    [[0.3, 0.6], /is above chance \(1 of 61: 1\.6 %\) at the first fit already, passes 50 % at 1/],
  ])('%j', (accuracies, sentence) => {
    expect(verdict(withAccuracies(...accuracies), half)[0]).toMatch(sentence);
  });

  test('answers that are more frequent than others are guessed first', () => {
    // gcd-sum of 15: 45 of the 225 products are 0.
    const products = modularTask({ operation: '*', p: 15 });
    const operations = operationRecords(products);
    const at = (testAccuracy: number) => ({
      p: 15,
      operations,
      iterations: [iteration(0, { testAccuracy })],
    });
    expect(verdict(at(0.21), half)[0]).toMatch(
      /never left the level of chance \(the most frequent answer, 0: 20\.0 %\): it was at most 21\.0 %/,
    );
    expect(verdict(at(0.3), half)[0]).toMatch(/is above chance .* but was at most 30\.0 %\./);
    expect(beyondChance(operations)).toBeCloseTo(0.25, 12);
    expect(beyondChance(known.operations)).toBeCloseTo(1 / 61 + 0.05, 12);
  });

  test.each([
    [
      0.5,
      undefined,
      /^A larger share of the table \(--fraction 0\.6, for example\), or more iter.* to 100 %\.$/,
    ],
    [0.7, undefined, /\(--fraction 0\.8, for example\)/],
    [0.9, undefined, /^More iterations may bring it to 100 %\.$/],
    [0.5, 'It ended.', /^A larger share of the table \(--fraction 0\.6, for example\) may bring it/],
    [0.9, 'It ended.', /^It ended\.$/],
  ])('below 100 %%, it says what may help: fraction %d, %s', (fraction, endedEarly, sentence) => {
    const how = { fraction, ...(endedEarly && { endedEarly }) };
    const naming: OptionNaming = ({ option, value }) => `--${option} ${value}`;
    expect(verdict(withAccuracies(0, 0.9), how, naming).at(-1)).toMatch(sentence);
    expect(verdict(withAccuracies(0, 1), how, naming).join(' ')).not.toContain('may bring');
  });

  test('and ends with those of both operations', () => {
    const two = modularTask({ operation: ['+', '-'], p: 5 });
    const of = (operation: string, testAccuracy: number) => ({
      ...{ operation, testAccuracy, trainLoss: 0, testLoss: 0, trainAccuracy: 1 },
      ...{ correctLogitLoss: 0, circulantDeviation: 0.9 },
    });
    const last = iteration(0, { testAccuracy: 0.5, operations: [of('add', 1), of('sub', 0)] });
    const sentences = verdict({ p: 5, operations: operationRecords(two), iterations: [last] }, half);
    expect(sentences[0]).toMatch(
      /^The test accuracy of x \+ y is above chance \(1 of 5: 20\.0 %\) at the first fit already, .* 100 % from 0 on\./,
    );
    expect(sentences[1]).toMatch(/^The test accuracy of x - y never left the level of chance/);
    expect(sentences[2]).toContain('It ends at 50.0 % (x + y 100.0 %, x - y 0.0 %).');
  });
});

test('training pairs that are not fitted exactly are said to be so', () => {
  expect(fitInWords(withAccuracies(0, 1).iterations)).toContain('exactly to the training pairs');
  const ridge = [iteration(0, { trainLoss: 0.12, trainAccuracy: 0.4 }), iteration(1, { trainLoss: 0.1 })];
  expect(fitInWords(ridge)).toContain('a training loss of at most 0.12 and an accuracy of at least 40.0 %');
});

describe('what happens meanwhile follows from the deviation', () => {
  test.each([
    [[0.98, 0.02], /goes from 0\.98 to 0\.02: the block is nearly constant along its wrapped diagonals\./],
    [[0.98, 0.4], /goes from 0\.98 to 0\.4: the block is on the way to being constant/],
    [[0.98, 0.97], /goes from 0\.98 to 0\.97: the block is not constant/],
    [[0.98], /^The average .* is 0\.98: the block is not constant/],
    [[0.98, null], /goes from 0\.98 to –: the block is zero/],
  ])('%j', (deviations, sentence) => {
    expect(hiddenInWords(withDeviations(...deviations))).toMatch(sentence);
  });

  test('in captions for the iterations shown', () => {
    const structures = tracedStructures(withDeviations(0.98, 0.5, 0.02));
    expect(deviationsInWords(structures, [0, 2])).toBe(
      'Deviation of the AGOP from constant wrapped diagonals, for x + y: 0.98, 0.02.',
    );
  });
});
