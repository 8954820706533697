import { readFileSync } from 'node:fs';
import { DTypeError, OptionError, ShapeError } from '@agop/core';
import { describe, expect, test } from 'vitest';
import {
  accuracy,
  areaUnderRoc,
  averagePrecision,
  balancedAccuracy,
  beats,
  brierScore,
  classification,
  classScore,
  classScores,
  f1Score,
  logLoss,
  meanAbsoluteError,
  meanSquaredError,
  numericScore,
  numericScores,
  regression,
  rootMeanSquaredError,
  rSquared,
  sweepThresholds,
} from '../src/index.ts';

interface Expected {
  readonly plain: Readonly<Record<string, number>>;
  readonly weighted: Readonly<Record<string, number>>;
}

interface NumberCase extends Expected {
  readonly outputs: number;
  readonly predicted: readonly number[];
  readonly actual: readonly number[];
  readonly weights: readonly number[];
}

interface ClassCase extends Expected {
  readonly classes: number;
  readonly probabilities: readonly number[];
  readonly actual: readonly number[];
  readonly weights: readonly number[];
}

// Values of scikit-learn 1.9.1 for random rows.
const path = new URL('./metrics.sklearn.json', import.meta.url);
const parity: { readonly numbers: readonly NumberCase[]; readonly classes: readonly ClassCase[] } =
  JSON.parse(readFileSync(path, 'utf8'));

describe('as scikit-learn', () => {
  test.each(parity.numbers)('$outputs outputs', (given) => {
    for (const name of numericScores) {
      const of = (weights?: readonly number[]): number =>
        numericScore(name, given.predicted, given.actual, given.outputs, weights);
      expect(of(), name).toBeCloseTo(given.plain[name] as number, 12);
      expect(of(given.weights), name).toBeCloseTo(given.weighted[name] as number, 12);
    }
  });

  test.each(parity.classes)('$classes classes', (given) => {
    for (const name of classScores) {
      const of = (weights?: readonly number[]): number =>
        classScore(name, given.probabilities, given.actual, given.classes, weights);
      expect(of(), name).toBeCloseTo(given.plain[name] as number, 12);
      expect(of(given.weights), name).toBeCloseTo(given.weighted[name] as number, 12);
    }
  });

  test('average precision', () => {
    const [binary] = parity.classes;
    if (!binary) throw new Error('the case of two classes is missing');
    const values = binary.probabilities.filter((_, at) => at % 2 === 1);
    const isPositive = (row: number): boolean => binary.actual[row] === 1;
    expect(averagePrecision(values, isPositive)).toBeCloseTo(binary.plain['averagePrecision'] as number, 12);
    expect(averagePrecision(values, isPositive, binary.weights)).toBeCloseTo(
      binary.weighted['averagePrecision'] as number,
      12,
    );
  });
});

test('a weight counts like so many equal rows', () => {
  const [rows, weights] = [
    [0, 0, 1, 2, 2, 2],
    [2, 1, 3],
  ];
  const probabilities = [
    [0.5, 0.3, 0.2],
    [0.3, 0.3, 0.4],
    [0.2, 0.1, 0.7],
  ];
  const actual = [0, 1, 2];
  for (const name of classScores) {
    const repeated = classScore(
      name,
      rows.flatMap((row) => probabilities[row] ?? []),
      rows,
      3,
    );
    expect(classScore(name, probabilities.flat(), actual, 3, weights), name).toBeCloseTo(repeated, 12);
  }
  const [predicted, values] = [
    [1, 5, 2],
    [2, 4, 8],
  ];
  const at = (list: readonly number[]): number[] => rows.map((row) => list[row] as number);
  for (const name of numericScores) {
    const repeated = numericScore(name, at(predicted), at(values), 1);
    expect(numericScore(name, predicted, values, 1, weights), name).toBeCloseTo(repeated, 12);
  }
});

describe('areas under curves', () => {
  test('equal values count half', () => {
    const values = [0.1, 0.4, 0.4, 0.8];
    expect(areaUnderRoc(values, (row) => row % 2 === 1)).toBe((1 + 0.5 + 1 + 1) / 4);
    expect(sweepThresholds(values, (row) => row % 2 === 1).points).toEqual([
      { threshold: 0.8, truePositive: 1, falsePositive: 0 },
      { threshold: 0.4, truePositive: 2, falsePositive: 1 },
      { threshold: 0.1, truePositive: 2, falsePositive: 2 },
    ]);
  });

  test('rows of one kind, and NaN, have none', () => {
    expect(areaUnderRoc([1, 2], () => true)).toBeNaN();
    expect(areaUnderRoc([1, Number.NaN], (row) => row === 0)).toBeNaN();
    expect(averagePrecision([1, 2], () => false)).toBeNaN();
    expect(classScore('auc', [0.5, 0.2, 0.3], [0], 3)).toBeNaN();
  });

  test('of a class that does not occur there is none to average', () => {
    const probabilities = [0.7, 0.2, 0.1, 0.2, 0.7, 0.1];
    expect(classScore('auc', probabilities, [0, 1], 3)).toBe(1);
    expect(classScore('balancedAccuracy', probabilities, [0, 1], 3)).toBe(1);
  });
});

test('NaN loses against anything', () => {
  expect(beats('auc', Number.NaN, 0.1)).toBe(false);
  expect(beats('auc', 0.1, Number.NaN)).toBe(true);
  expect(beats('auc', Number.NaN, Number.NaN)).toBe(false);
  expect(beats('logLoss', 1, 2)).toBe(true);
  expect(beats({ name: 'profit', better: 'higher', of: () => 0 }, 1, 2)).toBe(false);
});

test('a task has its own scores, by weights too', async () => {
  const { coding, y } = await classification().open(['a', 'b', 'b'], 3, 'rows');
  const outputs = [0.9, 0.1, 0.6, 0.4, -0.2, 1.3];
  expect(coding.score('accuracy', outputs, y)).toBeCloseTo(2 / 3, 12);
  expect(coding.score('accuracy', outputs, y, [1, 2, 1])).toBe(0.5);
  expect(coding.score('auc', outputs, y)).toBe(1);
  expect(coding.score('logLoss', outputs, y)).toBeCloseTo(-(Math.log(0.9) + Math.log(0.4)) / 3, 12);
  const signed = await classification('signed').open(['a', 'b', 'b'], 3, 'rows');
  const asSigned = outputs.map((value) => 2 * value - 1);
  expect(signed.coding.score('logLoss', asSigned, y)).toBeCloseTo(coding.score('logLoss', outputs, y), 12);
  const values = await regression().open([1, 2, 3], 3, 'rows');
  expect(() => values.coding.score('auc', [1, 2, 3], values.y)).toThrow(OptionError);
  expect(() => classScore('r2', [1, 0], [0], 2)).toThrow(OptionError);
});

describe('lists that do not go together', () => {
  test.each([
    ['accuracy', accuracy, [[1], [1, 2]]],
    ['balancedAccuracy', balancedAccuracy, [[1], [1, 2]]],
    ['f1Score', f1Score, [[0, 1], [0], 2]],
    ['logLoss', logLoss, [[0.5, 0.5], [0, 1], 2]],
    ['brierScore', brierScore, [[0.5, 0.5], [0, 1], 2]],
    [
      'meanSquaredError',
      meanSquaredError,
      [
        [1, 2, 3],
        [1, 2, 3],
        [1, 1],
      ],
    ],
    ['meanAbsoluteError', meanAbsoluteError, [[1], [1, 2]]],
    ['rootMeanSquaredError', rootMeanSquaredError, [[1, 2, 3], [1, 2, 3], 2]],
    ['rSquared', rSquared, [[1, 2], [1, 2], 1, [1]]],
  ])('%s', (_, metric, args) => {
    expect(() => Reflect.apply(metric, undefined, args)).toThrow(ShapeError);
    expect(() => Reflect.apply(metric, undefined, [[0, undefined], [0, 1], 2])).toThrow(/number 1 is/);
    expect(() =>
      Reflect.apply(metric, undefined, [new Array(2 ** 32 - 1), new Array(2 ** 32 - 1), 2]),
    ).toThrow(/number 0 is/);
    expect(() => Reflect.apply(metric, undefined, [null, null, 2])).toThrow(DTypeError);
  });

  test('numbers of classes and outputs that are none', () => {
    expect(() => f1Score([0], [0], 1e300)).toThrow(OptionError);
    expect(() => rootMeanSquaredError([0], [0], 0.5)).toThrow(OptionError);
    expect(() => sweepThresholds(Object.assign([], { length: 2 ** 32 - 1 }), () => true)).toThrow(
      OptionError,
    );
  });
});
