import { classification, decodeModel, encodeModel } from '@agop/estimators';
import { describe, expect, test } from 'vitest';

const labels = ['a', 'b', 'c', 'a', 'a', 'b', 'a', 'c'];

async function coded(coding: 'oneHot' | 'signed' | 'prevalence' | 'logits', weights?: number[]) {
  const { y, coding: opened } = await classification<string>(coding).open(labels, labels.length, 'rows');
  return { y, coding: opened.trainedOn(y, weights) };
}

describe('prevalence', () => {
  test('targets are the corners of a regular simplex about the frequencies', async () => {
    const { y, coding } = await coded('prevalence');
    expect(coding.outputs).toBe(2);
    const targets = coding.targets(y);
    const corner = (row: number) => [targets[2 * row] as number, targets[2 * row + 1] as number] as const;
    const distance = (i: number, j: number) =>
      Math.hypot(corner(i)[0] - corner(j)[0], corner(i)[1] - corner(j)[1]);
    for (const [i, j] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const)
      expect(distance(i, j)).toBeCloseTo(Math.SQRT2, 12);
    for (const axis of [0, 1]) {
      let sum = 0;
      for (let row = 0; row < 8; row++) sum += targets[2 * row + axis] as number;
      expect(sum).toBeCloseTo(0, 12);
    }
  });

  test('targets come back as classes, an output of 0 as the frequencies', async () => {
    const { y, coding } = await coded('prevalence');
    const targets = coding.targets(y);
    expect(coding.answers(targets, undefined)).toEqual(labels);
    expect(coding.score('accuracy', targets, y)).toBe(1);
    expect(coding.score('brier', targets, y)).toBeCloseTo(0, 12);
    const prior = coding.probabilities(new Float64Array(2)) as Float64Array;
    for (const [at, share] of [0.5, 0.25, 0.25].entries()) expect(prior[at]).toBeCloseTo(share, 12);
  });

  test('frequencies count weights', async () => {
    const { coding } = await coded('prevalence', [0, 1, 1, 0, 0, 1, 0, 1]);
    const prior = coding.probabilities(new Float64Array(2)) as Float64Array;
    for (const [at, share] of [0, 0.5, 0.5].entries()) expect(prior[at]).toBeCloseTo(share, 12);
  });
});

test('logits: the softmax is what is judged', async () => {
  const { y, coding } = await coded('logits');
  const outputs = Float64Array.from({ length: 24 }, (_, at) => Math.sin(at * 3));
  const probabilities = coding.probabilities(outputs) as Float64Array;
  const expected = Array.from(outputs.subarray(0, 3), Math.exp);
  const total = expected.reduce((a, b) => a + b);
  expect(probabilities[1]).toBeCloseTo((expected[1] as number) / total, 12);
  const logLoss = labels.reduce((sum, label, row) => {
    return sum - Math.log(probabilities[3 * row + ['a', 'b', 'c'].indexOf(label)] as number) / 8;
  }, 0);
  expect(coding.score('logLoss', outputs, y)).toBeCloseTo(logLoss, 12);
  expect(coding.probabilities(Float64Array.of(1e4, -1e4, 0))).toEqual(Float64Array.of(1, 0, 0));
});

test.each(['oneHot', 'signed', 'prevalence', 'logits'] as const)(
  '%s comes back from a file',
  async (name) => {
    const { y, coding } = await coded(name);
    const format = {
      name: 'test',
      version: 1,
      title: 'test',
      packageName: 'test',
      estimators: {},
      parse: () => ({}),
    };
    const bytes = encodeModel(format, {
      description: coding.describe(),
      tensors: coding.tensors(),
      attachments: {},
    });
    const { description, tensors } = decodeModel(format, bytes);
    const restored = classification<string>(name === 'signed' ? 'signed' : 'oneHot').restore(
      description,
      tensors,
    );
    const outputs = Float64Array.from({ length: 8 * coding.outputs }, (_, at) => Math.cos(at * 5));
    expect(restored.probabilities(outputs)).toEqual(coding.probabilities(outputs));
    expect(restored.targets(y)).toEqual(coding.targets(y));
  },
);

test('damaged frequencies are told', async () => {
  const { coding } = await coded('prevalence');
  const tensors = {
    classFrequencies: { dtype: 'float64' as const, shape: [1, 3], data: Float64Array.of(1, 1, 1) },
  };
  expect(() => classification().restore(coding.describe(), tensors)).toThrow('do not sum to 1');
  expect(() => classification().restore(coding.describe(), {})).toThrow(
    "lacks the tensor 'classFrequencies'",
  );
});
