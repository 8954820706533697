import { AgopError, type AgopErrorCode } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { gaussian, laplace, ntk, presets, RFMClassifier, RFMRegressor, radialKernel } from '@agop/rfm';
import { describe, expect, test } from 'vitest';

const backend = createNaiveBackend();
const x = Array.from({ length: 30 }, (_, i) => [Math.sin(i), Math.cos(3 * i)]);
const y = x.map(([first]) => first as number);

/** Calls as JavaScript can make them: no types are in the way. */
function call(make: (...given: never[]) => unknown, ...given: readonly unknown[]): unknown {
  return Reflect.apply(make, undefined, given);
}

async function codeOf(action: () => unknown): Promise<[AgopErrorCode | string, string]> {
  try {
    await action();
  } catch (error) {
    if (AgopError.isInstance(error)) return [error.code, error.message];
    return ['raw', String(error)];
  }
  return ['none', ''];
}

const regressor = (options: unknown) => call((given: never) => new RFMRegressor(given), options);

describe('the constructor refuses', () => {
  test.each<[string, unknown, RegExp]>([
    ['no options', undefined, /options of RFMRegressor must be an object/],
    ['no backend', {}, /There is no backend.*await createCpuBackend/],
    ['a backend that was not awaited', { backend: Promise.resolve(backend) }, /promise of one\. Await it/],
    ['a backend by its name', { backend: 'cpu' }, /backend must be a backend/],
    ['a misspelt name', { backend, iteration: 3 }, /no option 'iteration'\. Did you mean iterations\?/],
    ['another misspelt name', { backend, bandwith: 3 }, /no option 'bandwith'\. The options are backend, /],
    ['ridge as text', { backend, ridge: '1e-3' }, /ridge must be a number from 0, but is '1e-3'/],
    ['iterations as text', { backend, iterations: '3' }, /iterations must be a whole number from 0/],
    ['seed as text', { backend, seed: 'one' }, /seed must be a whole number from 0/],
    ['an unknown score', { backend, selection: 'rmse' }, /selection must be one of mse, mae/],
    ['an unknown normalization', { backend, normalization: 'l2' }, /normalization must be one of/],
    ['a text for a flag', { backend, diagonal: 'no' }, /diagonal must be true or false/],
    ['a flag that is none', { backend, keepMetrics: 1 }, /keepMetrics must be true or false/],
    ['a kernel by its name', { backend, kernel: 'laplace' }, /'laplace' is the name of a kernel\. Call/],
    ['a kernel that was not called', { backend, kernel: laplace }, /'laplace' is a function that makes/],
    ['a kernel of another kind', { backend, kernel: {} }, /kernel must be a kernel/],
    ['a solver of another kind', { backend, solver: 'cholesky' }, /solver must be a solver/],
    ['a dtype of another kind', { backend, dtype: 'float16' }, /does not compute in float16/],
  ])('%s', async (_, options, message) => {
    const [code, text] = await codeOf(() => regressor(options));
    expect([code, text]).toEqual(['OPTION', expect.stringMatching(message)]);
  });

  test('a score that only the other task has', async () => {
    const [code] = await codeOf(() =>
      call((given: never) => new RFMClassifier(given), { backend, selection: 'auc' }),
    );
    expect(code).toBe('OPTION');
  });

  test('no old names and no presets', () => {
    for (const preset of Object.values(presets)) {
      expect(new RFMRegressor({ backend, ...preset, centring: 'none' }).fitted).toBe(false);
    }
  });
});

describe('fit and load refuse', () => {
  test.each<[string, unknown, RegExp]>([
    ['null', null, /options of fit\(\) must be an object, but are null/],
    ['a misspelt name', { valdiation: 0.2 }, /no option 'valdiation'\. Did you mean validation\?/],
    [
      'validation: null',
      { validation: null },
      /validation must be a fraction between 0 and 1, or \{ x, y \}/,
    ],
    ['validation without y', { validation: { x } }, /validation must be/],
    ['a signal that is none', { signal: true }, /signal must be an AbortSignal/],
    ['a callback that is none', { onIteration: 'log' }, /onIteration must be a function/],
  ])('%s', async (_, options, message) => {
    const model = new RFMRegressor({ backend });
    const fit = (given: unknown) => Reflect.apply(model.fit, model, [x, y, given]);
    const [code, text] = await codeOf(() => fit(options));
    expect([code, text]).toEqual(['OPTION', expect.stringMatching(message)]);
  });

  test.each<[string, unknown]>([
    ['no options', undefined],
    ['no backend', {}],
    ['a misspelt name', { backend, kernel: {} }],
  ])('loading with %s', async (_, options) => {
    using model = new RFMRegressor({ backend, iterations: 0 });
    await model.fit(x, y);
    const bytes = await model.toBytes();
    const [code] = await codeOf(() => Reflect.apply(RFMRegressor.load, RFMRegressor, [bytes, options]));
    expect(code).toBe('OPTION');
  });
});

describe('kernels refuse', () => {
  const kernel = (define: unknown, parameters: object = { bandwidth: 1 }) =>
    call(radialKernel, 'own', define, parameters);
  test.each<[string, () => unknown, RegExp]>([
    ['no options', () => call(laplace), /^bandwidth must be a positive number\.$/],
    ['a number for options', () => call(laplace, 3), /options of laplace\(\) must be an object/],
    ['a misspelt name', () => call(gaussian, { bandwith: 2 }), /Did you mean bandwidth\?/],
    ['text', () => call(laplace, { bandwidth: '2' }), /bandwidth must be a positive number/],
    ['too many layers', () => call(ntk, { depth: 1e5 }), /whole number from 1 to 256/],
    [
      'no parameters',
      () => call(radialKernel, 'own', (s: unknown) => s),
      /parameters must be an object of numbers/,
    ],
    ['no function', () => call(radialKernel, 'own', 'exp', {}), /define must be a function/],
    ['an expression that is a number', () => kernel(() => 3), /must be an expression, but is 3/],
    ['Math of an expression', () => kernel((s: number) => Math.exp(s)), /not Math/],
    ['nothing', () => kernel(() => undefined), /must be an expression/],
    [
      'a parameter that it does not have',
      () => kernel((s: { div(by: unknown): unknown }, { width }: { width?: unknown }) => s.div(width)),
      /is a parameter misspelt\?/,
    ],
    ['a parameter that cannot be saved', () => kernel((s: unknown) => s, { a: 'b' }), /a must be a finite/],
  ])('%s', async (_, make, message) => {
    const [code, text] = await codeOf(make);
    expect([code, text]).toEqual(['OPTION', expect.stringMatching(message)]);
  });
});
