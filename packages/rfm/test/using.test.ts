import { DisposedError } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { RFMClassifier, RFMRegressor } from '@agop/rfm';
import { describe, expect, test } from 'vitest';

const x = Array.from({ length: 30 }, (_, i) => [Math.sin(i), Math.cos(3 * i)]);
const y = x.map(([a = 0, b = 0]) => a * b);

async function fitted() {
  const backend = createNaiveBackend();
  const model = new RFMRegressor({ backend, iterations: 1 });
  return { backend, model: await model.fit(x, y) };
}

describe('a promise that leaves a `using` block', () => {
  test.each([
    ['predict()', (model: RFMRegressor) => model.predict(x)],
    ['score()', (model: RFMRegressor) => model.score(x, y)],
    ['gradients()', (model: RFMRegressor) => model.gradients(x)],
    ['agop()', (model: RFMRegressor) => model.agop(x)],
    ['permutationImportances()', (model: RFMRegressor) => model.permutationImportances(x, y)],
    ['fit()', (model: RFMRegressor) => model.fit(x, y)],
  ])('of %s is told what happened, and what to do', async (name, work) => {
    const { model: made, backend } = await fitted();
    const early = async (): Promise<unknown> => {
      using model = made;
      return work(model);
    };
    const error: unknown = await early().catch((reason: unknown) => reason);
    expect(DisposedError.isInstance(error)).toBe(true);
    expect(String(error)).toContain(`The model was disposed while ${name} was running`);
    expect(String(error)).toContain('write `return await` in it, not `return`');
    expect(backend.memory().tensors).toBe(0);
  });

  test('of probabilities, too', async () => {
    const backend = createNaiveBackend();
    const early = async () => {
      using model = new RFMClassifier({ backend, iterations: 0 });
      await model.fit(
        x,
        y.map((value) => value > 0),
      );
      return model.predictProba(x);
    };
    await expect(early()).rejects.toThrow(/^The model was disposed while predictProba\(\) was running/);
  });

  test('of a backend: the error says where it was disposed', async () => {
    const early = async () => {
      const { backend, model } = await fitted();
      using _ = backend;
      return model.predict(x);
    };
    await expect(early()).rejects.toThrow(/had been disposed.*A `using` block disposes at its end/);
  });
});

test('a model that has left its `using` block says that it has been disposed', async () => {
  const early = async () => {
    using model = (await fitted()).model;
    return model;
  };
  const model = await early();
  await expect(model.predict(x)).rejects.toThrow(/but this one has been disposed/);
  expect(() => model.best).toThrow(/but this one has been disposed/);
});
