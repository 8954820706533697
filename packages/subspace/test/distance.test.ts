import { projector, subspaceDistance } from '@agop/subspace';
import { describe, expect, test } from 'vitest';

const plane = [
  [1, 0],
  [0, 1],
  [0, 0],
];

describe('distances of subspaces', () => {
  test('do not see the basis', async () => {
    const turned = [
      [2, 3],
      [-1, 5],
      [0, 0],
    ];
    const { frobenius, spectral, trace, missed, outside } = await subspaceDistance(turned, plane);
    for (const value of [frobenius, spectral, 1 - trace, missed, ...outside])
      expect(value).toBeCloseTo(0, 12);
  });

  test('one angle of 60 degrees', async () => {
    const tilted = [
      [1, 0],
      [0, 0.5],
      [0, Math.sqrt(0.75)],
    ];
    const found = await subspaceDistance(tilted, plane);
    expect(found.spectral).toBeCloseTo(Math.sqrt(0.75), 12);
    expect(found.frobenius).toBeCloseTo(Math.sqrt(1.5), 12);
    expect(found.missed).toBeCloseTo(0.75 / 2, 12);
    expect(found.trace).toBeCloseTo(Math.sqrt(1 - 0.75 / 2), 12);
    expect([...found.outside]).toEqual([expect.closeTo(0, 12), expect.closeTo(0.75, 12)]);
  });

  test('fewer directions than there are: what is missed, and nothing outside', async () => {
    const found = await subspaceDistance([1, 1, 0], plane);
    expect(found.missed).toBeCloseTo(0.5, 12);
    expect(found.outside[0]).toBeCloseTo(0, 12);
    expect(found.spectral).toBeCloseTo(1, 12);
  });

  test('projectors are projectors', async () => {
    const p = await projector([[3], [4]]);
    expect([...p]).toEqual([0.36, 0.48, 0.48, 0.64].map((value) => expect.closeTo(value, 12)));
  });

  test.each([
    [[1, 0], plane, 'SHAPE', '2 and 3 entries'],
    [[[1, 2, 3]], plane, 'SHAPE', '3 directions of 1 entries'],
    [[0, 0, 0], plane, 'VALUE', 'spans nothing'],
    [[1, Number.NaN, 0], plane, 'VALUE', 'NaN'],
  ])('%j is refused', async (estimate, truth, code, message) => {
    await expect(subspaceDistance(estimate, truth)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });
});
