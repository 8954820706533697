import { OptionError, randomArray, ShapeError, ValueError } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { compareLayer, layerMatrices, layerOfGradients, layerUse } from '@agop/nfa/features';
import { describeFixtures, expectOutput } from '@agop/test-support/parity';
import { describe, expect, it, test } from 'vitest';
import { worstDifference } from './models.ts';

const normal = (length: number, seed: number) => randomArray(length, 'normal', { seed }, 'float64');

describeFixtures('patch_ansatz', (fixtures) => {
  test.each(fixtures)('$name: gradients from a file, in float64', async (fixture) => {
    using backend = createNaiveBackend();
    for (const i of [0, 1]) {
      const [weights, gradients] = [fixture.input(`W${i}`), fixture.output(`gradient_${i}`)];
      const layer = layerOfGradients({ name: `conv${i}`, weights, gradients, unitAxis: 'last' });
      expectOutput(fixture, `covariance_${i}`, Array.from(layer.covariance.data));
      const { nfm, agop } = await layerMatrices(backend, layer);
      expectOutput(fixture, `nfm_${i}`, nfm.data);
      expectOutput(fixture, `agop_${i}`, agop.data);
      const { correlations, rotated, random } = await compareLayer(backend, layer, { controls: 2 });
      const { cosine, pearson, rootCosine, rootPearson } = correlations;
      expectOutput(fixture, `correlations_${i}`, [cosine, pearson, rootCosine, rootPearson]);
      for (const control of [rotated, random]) expect(control?.cosine).toBeGreaterThan(0);
    }
  });
});

describe('gradients from elsewhere', () => {
  it('may have their units on either axis', () => {
    const [samples, outputs, units, positions] = [4, 2, 3, 5];
    const values = normal(samples * outputs * units * positions, 1);
    const turned = Float64Array.from({ length: values.length }, (_, at) => {
      const [row, rest] = [Math.floor(at / (units * positions)), at % (units * positions)];
      return values[
        row * units * positions + (rest % units) * positions + Math.floor(rest / units)
      ] as number;
    });
    const weights = { data: normal(12, 2), shape: [3, 2, 2] };
    const third = layerOfGradients({
      name: 'a',
      weights,
      gradients: { data: values, shape: [samples, outputs, units, positions] },
    });
    const last = layerOfGradients({
      name: 'a',
      weights,
      gradients: { data: turned, shape: [samples, outputs, positions, units] },
      unitAxis: 'last',
    });
    expect(third).toEqual(last);
    expect(third.weights.shape).toEqual([3, 4]);
  });

  it('that do not vary have no centered covariance', () => {
    const gradients = { data: Float64Array.from({ length: 12 }, (_, i) => i % 6), shape: [2, 2, 3] };
    const layer = layerOfGradients({
      name: 'last',
      weights: { data: normal(6, 1), shape: [3, 2] },
      gradients,
    });
    expect(layer.centeredCovariance).toBeUndefined();
  });

  it('are refused with typed errors where they do not fit', () => {
    const weights = { data: normal(6, 1), shape: [3, 2] };
    const gradients = { data: normal(12, 2), shape: [2, 2, 3] };
    const given = { name: 'a', weights, gradients };
    const wrong = { ...gradients, shape: [2, 3, 2] };
    expect(() => layerOfGradients({ ...given, gradients: wrong })).toThrow(ShapeError);
    expect(() => layerOfGradients({ ...given, gradients: { ...gradients, shape: [2, 6] } })).toThrow(
      ShapeError,
    );
    expect(() => layerOfGradients({ ...given, weights: { ...weights, shape: [3, 3] } })).toThrow(ShapeError);
    const nan = { ...gradients, data: gradients.data.map((value, i) => (i === 5 ? Number.NaN : value)) };
    expect(() => layerOfGradients({ ...given, gradients: nan })).toThrow(ValueError);
    const axis = 1 as 2;
    expect(() => layerOfGradients({ ...given, unitAxis: axis })).toThrow(OptionError);
  });
});

describe('the controls of a layer', () => {
  it('are the layer itself where gradients are the same in all directions, and leave WᵀW', async () => {
    using backend = createNaiveBackend();
    const identity = { data: [1, 0, 0, 0, 1, 0, 0, 0, 1], shape: [3, 3] as const };
    for (const inputs of [2, 3, 5]) {
      const weights = { data: normal(3 * inputs, inputs), shape: [3, inputs] as const };
      const found = await compareLayer(
        backend,
        { name: 'a', weights, covariance: identity },
        { controls: 2 },
      );
      expect(found.correlations.cosine).toBeCloseTo(1, 12);
      expect(found.rotated?.pearson).toBeCloseTo(1, 12);
      expect(found.rotated?.rootPearson).toBeCloseTo(found.correlations.rootPearson, 10);
      const again = await compareLayer(
        backend,
        { name: 'a', weights, covariance: identity },
        { controls: 2 },
      );
      expect(again).toEqual(found);
    }
    expect(backend.memory().tensors).toBe(0);
  });

  it('are below a layer whose weights do follow its gradients', async () => {
    using backend = createNaiveBackend();
    const scales = [2, 1, 0.5, 0.2];
    const weights = {
      data: normal(160, 1).map((value, i) => value * (scales[Math.floor(i / 40)] as number)),
      shape: [4, 40] as const,
    };
    const covariance = {
      data: scales.flatMap((scale, i) => scales.map((_, j) => (i === j ? scale : 0))),
      shape: [4, 4] as const,
    };
    const { correlations, rotated, random } = await compareLayer(backend, { name: 'a', weights, covariance });
    expect(correlations.pearson).toBeGreaterThan((rotated?.pearson as number) + 0.02);
    expect(correlations.pearson).toBeGreaterThan((random?.pearson as number) + 0.02);
  });
});

describe('what a layer uses', () => {
  it.each([
    [4, 7],
    [7, 4],
  ])(
    'is the diagonal and the eigenvectors of its AGOP, with %i units and %i inputs',
    async (units, inputs) => {
      using backend = createNaiveBackend();
      const gradients = { data: normal(30 * units, 3), shape: [10, 3, units] };
      const layer = layerOfGradients({
        name: 'a',
        weights: { data: normal(units * inputs, 4), shape: [units, inputs] },
        gradients,
      });
      const { agop } = await layerMatrices(backend, layer);
      const use = await layerUse(backend, layer, 2);
      const trace = Array.from({ length: inputs }, (_, i) => agop.data[i * (inputs + 1)] as number).reduce(
        (a, b) => a + b,
        0,
      );
      expect(
        worstDifference(
          use.inputShares,
          Array.from({ length: inputs }, (_, i) => (agop.data[i * (inputs + 1)] as number) / trace),
        ),
      ).toBeLessThan(1e-12);
      expect(use.directionShares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
      for (const [k, direction] of use.directions.entries()) {
        const image = Float64Array.from({ length: inputs }, (_, i) =>
          direction.reduce((sum, value, j) => sum + value * (agop.data[i * inputs + j] as number), 0),
        );
        const scaled = direction.map((value) => value * trace * (use.directionShares[k] as number));
        expect(worstDifference(image, scaled)).toBeLessThan(1e-10 * trace);
      }
      expect(use.effectiveDimension).toBeGreaterThan(1);
      expect(use.effectiveDimension).toBeLessThanOrEqual(Math.min(units, inputs));
      expect(backend.memory().tensors).toBe(0);
    },
  );
});
