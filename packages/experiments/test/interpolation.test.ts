import { OptionError } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { resolve } from '@agop/core/options';
import {
  bestWidth,
  checkInterpolationSettings,
  circleKernel,
  circleKernels,
  interpolationOptions,
  interpolationPage,
  interpolationResult,
  interpolationRisk,
  interpolationText,
  limitRisk,
  runInterpolationExperiment,
  simulateRisk,
} from '@agop/experiments/interpolation';
import { htmlPage } from '@agop/report';
import { fitKernelMachine } from '@agop/rfm';
import { describeFixtures, expectOutput } from '@agop/test-support/parity';
import { describe, expect, it, test } from 'vitest';
import { aliasSums, logCoefficient } from '../src/interpolation/alias-sums.ts';
import { onCircle } from '../src/interpolation/simulate.ts';

const backend = createNaiveBackend();

describeFixtures('circle_interpolation', (fixtures) => {
  it.each(fixtures)('$name', async (fixture) => {
    const kernel = fixture.params['kernel'] === 'gaussian' ? 'gaussian' : 'laplace';
    const widths = fixture.params['widths'] as number[];
    const n = Number(fixture.params['n']);
    const target = (fixture.params['target'] as [number, number][]).map(([cosine, sine], frequency) => ({
      frequency,
      cosine,
      sine,
    }));
    const risks = widths.map((width) => interpolationRisk({ kernel, width, n, noise: 1, target }));
    const eigenvalues = widths.flatMap((width) =>
      Array.from({ length: n }, (_, k) => Math.exp(aliasSums(kernel, width * n, k / n).first)),
    );
    expectOutput(fixture, 'eigenvalues', eigenvalues);
    expectOutput(
      fixture,
      'bias',
      risks.map(({ bias }) => bias),
    );
    expectOutput(
      fixture,
      'variance',
      risks.map(({ variance }) => variance),
    );
    const places = [...fixture.input('x').data].flatMap((x) => [
      Math.cos(2 * Math.PI * x),
      Math.sin(2 * Math.PI * x),
    ]);
    const fits: number[] = [];
    for (const width of widths) {
      using x = backend.tensor(onCircle(n), [n, 2], 'float64');
      using y = backend.tensor(fixture.input('y').data, [n, 1], 'float64');
      using asked = backend.tensor(places, [places.length / 2, 2], 'float64');
      using machine = await fitKernelMachine({
        backend,
        kernel: circleKernel(kernel, { width }),
        x,
        y,
        ridge: 0,
      });
      using fit = machine.predict(asked);
      fits.push(...(await fit.read()));
    }
    expectOutput(fixture, 'fit', fits);
  });
});

describe('sums over aliases', () => {
  it.each(circleKernels)('%s: in closed form as term by term', (kernel) => {
    for (const a of [0.02, 0.2, 0.39, 0.41, 1.7, 3.1, 3.3, 40]) {
      for (const x of [0, 0.13, 0.5, 0.9]) {
        const logs = Array.from({ length: 10_001 }, (_, m) => logCoefficient(kernel, a * (x + m - 5000)));
        const largest = Math.max(...logs.slice(4990, 5010));
        const sum = (power: number) =>
          power * largest +
          Math.log(logs.reduce((total, log) => total + Math.exp(power * (log - largest)), 0));
        const { first, second } = aliasSums(kernel, a, x);
        // The series of the Laplace kernel itself converges like 1 / m.
        expect(first).toBeCloseTo(sum(1), kernel === 'laplace' ? 2 : 8);
        expect(second).toBeCloseTo(sum(2), 8);
      }
    }
  });
});

test('the limits of the best width, to all digits of the table in the notes on the paper', () => {
  const limits = {
    gaussian: [0.00826, 0.07656, 0.18148, 0.62755],
    laplace: [0.00664, 0.0644, 0.15333, 0.5004],
    cauchy: [0.00818, 0.07387, 0.17031, 0.53836],
  };
  for (const kernel of circleKernels) {
    for (const [i, noise] of [0.01, 0.1, 0.25, 1].entries()) {
      const { risk } = bestWidth((a) => limitRisk(kernel, a, noise), 0.01, 30);
      expect(Math.abs(risk - (limits[kernel][i] as number))).toBeLessThan(7e-5);
    }
  }
  const torus = (dimension: number, noise: number) =>
    bestWidth((a) => limitRisk('gaussian', a, noise, dimension), 0.01, 30).risk;
  expect(torus(2, 0.1)).toBeCloseTo(0.0624, 3);
  expect(torus(2, 1)).toBeCloseTo(0.4747, 3);
  expect(torus(3, 0.1)).toBeCloseTo(0.052, 3);
  expect(torus(3, 1)).toBeCloseTo(0.38, 2);
});

test('aliased targets, ridges without end, and widths without end', () => {
  const wave = { frequency: 9, cosine: 1, sine: 0 };
  const aliased = interpolationRisk({ kernel: 'laplace', width: 0.05, n: 8, noise: 0, target: [wave] });
  // On 8 samples frequency 9 looks like 1: what is predicted lies elsewhere.
  expect(aliased.bias).toBeGreaterThan(0.5);
  const strong = interpolationRisk({ kernel: 'gaussian', width: 0.1, n: 16, noise: 1, ridge: 1e12 });
  expect(strong.bias).toBeCloseTo(1, 6);
  expect(strong.variance).toBeLessThan(1e-9);
  for (const width of [1e-6, 1e3]) {
    const risk = interpolationRisk({ kernel: 'gaussian', width, n: 64, noise: 1 });
    expect(Object.values(risk).every(Number.isFinite)).toBe(true);
  }
  expect(() => interpolationRisk({ kernel: 'laplace', width: 0, n: 4, noise: 1 })).toThrow(/width/);
});

test.each(circleKernels)('%s: kernel machines have the risk of the formula', async (kernel) => {
  for (const n of [16, 32]) {
    const options = { kernel, width: 0.5 / n, n, noise: 0.25 };
    const { risk, standardError } = await simulateRisk({ ...options, backend, repeats: 400, seed: 1 });
    expect(Math.abs(risk - interpolationRisk(options).risk)).toBeLessThan(3 * standardError);
    expect(standardError).toBeLessThan(0.01);
  }
});

test('a study: a result that is JSON, words, a page', async () => {
  const settings = resolve(interpolationOptions, { n: [8, 16], width: [0.05], repeats: 20 });
  const result = await runInterpolationExperiment(settings, { backend });
  expect(interpolationResult.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
  expect(interpolationText(result).findings).toHaveLength(4);
  expect(htmlPage(await interpolationPage(result))).toContain('Higher dimension');
  const twice = resolve(interpolationOptions, { n: [8, 8] });
  expect(() => checkInterpolationSettings(twice)).toThrow(/twice/);
});

test('kernels, waves and sizes that are none', async () => {
  expect(() => Reflect.apply(circleKernel, undefined, ['constructor', { width: 1 }])).toThrow(OptionError);
  expect(() => circleKernel('gaussian', { width: 1e30 })).toThrow(OptionError);
  const options = { kernel: 'gaussian', width: 0.1, n: 8, noise: 0.1 } as const;
  expect(() => Reflect.apply(interpolationRisk, undefined, [{ ...options, target: new Map() }])).toThrow(
    OptionError,
  );
  expect(() => bestWidth(() => ({ bias: 0, variance: 0, risk: 0 }), 0, 1)).toThrow(OptionError);
  for (const odd of [
    { n: 1e30 },
    { repeats: 1 },
    { repeats: 1e9 },
    { target: [null] },
    { backend: 'wasm' },
  ]) {
    const given = { ...options, backend, repeats: 3, seed: 1, ...odd };
    await expect(Reflect.apply(simulateRisk, undefined, [given])).rejects.toThrow(OptionError);
  }
});
