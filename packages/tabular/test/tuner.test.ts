import { DTypeError, OptionError, ShapeError, ValueError } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { describe, expect, test } from 'vitest';
import {
  type Candidate,
  calibrate,
  conformalBound,
  decodeTrials,
  drawCandidate,
  encodeTrial,
  greedyAverage,
  labelScores,
  labelSets,
  portfolio,
  residualScores,
  spaces,
  type TableModelOptions,
  TabularClassifier,
  TabularRegressor,
  type TrialEvent,
  toCalibrated,
} from '../src/index.ts';
import { planFinalFit } from '../src/table/final-fit.ts';
import { planRungs } from '../src/table/plan.ts';
import { divisionsOf } from '../src/tuner/division.ts';
import { matrixOf } from './matrix.ts';

const x = matrixOf(60, 3, 1);
const y = x.map(([a = 0, b = 0]) => a * b + 0.1 * a);
const labels = y.map((value) => (value > 0 ? 'up' : 'down'));
const few: readonly Candidate[] = portfolio
  .slice(0, 2)
  .map((candidate) => ({ ...candidate, iterations: 1, ridges: [1e-2, 1] }));
const unused = (): never => {
  throw new Error('No candidate is judged here.');
};
const folds = { kind: 'folds', folds: 3 } as const;

function regressor(options: Partial<TableModelOptions> = {}): TabularRegressor {
  return new TabularRegressor({ backend: createNaiveBackend(), first: few, judging: folds, ...options });
}

describe('divisions of rows', () => {
  test('folds hold each row out once, and each class alike', () => {
    const strata = Array.from({ length: 50 }, (_, row) => Number(row % 10 === 0));
    const parts = divisionsOf(50, { kind: 'folds', folds: 5 }, 3, { strata });
    const held = parts.flatMap((part) => Array.from(part.held)).toSorted((a, b) => a - b);
    expect(held).toEqual(Array.from({ length: 50 }, (_, row) => row));
    for (const part of parts) {
      expect(part.training.length + part.held.length).toBe(50);
      expect(part.held.filter((row) => strata[row] === 1)).toHaveLength(1);
    }
  });

  test('groups stay together', () => {
    const groups = Array.from({ length: 30 }, (_, row) => `group ${row % 7}`);
    for (const { training, held } of divisionsOf(30, { kind: 'folds', folds: 3 }, 1, { groups })) {
      const outside = new Set(Array.from(held, (row) => groups[row]));
      expect(Array.from(training).some((row) => outside.has(groups[row]))).toBe(false);
    }
  });

  test('few groups are divided all the same; one is refused', () => {
    const two = Array.from({ length: 30 }, (_, row) => row % 2);
    const [half] = divisionsOf(30, { kind: 'split', fraction: 0.1 }, 1, { groups: two });
    expect(half?.held).toHaveLength(15);
    const one = two.map(() => 'all');
    expect(() => divisionsOf(30, { kind: 'folds', folds: 2 }, 1, { groups: one })).toThrow(/of one group/);
  });

  test('more folds than rows or groups are refused', () => {
    expect(() => divisionsOf(4, { kind: 'folds', folds: 5 }, 0)).toThrow(OptionError);
    const groups = ['a', 'a', 'b', 'b'];
    expect(() => divisionsOf(4, { kind: 'folds', folds: 3 }, 0, { groups })).toThrow(/2 groups/);
  });
});

describe('spaces', () => {
  test.each(Object.keys(spaces) as (keyof typeof spaces)[])(
    '%s: draws are of the space, and the seed decides',
    (name) => {
      const drawn = Array.from({ length: 30 }, (_, trial) => drawCandidate(spaces[name], 7, trial));
      expect(drawn).toEqual(Array.from({ length: 30 }, (_, trial) => drawCandidate(spaces[name], 7, trial)));
      expect(new Set(drawn.map((one) => JSON.stringify(one))).size).toBeGreaterThan(20);
      for (const { kernel, ridges } of drawn) {
        const { norm = 0, exponent = 0 } = kernel.parameters;
        expect(exponent).toBeLessThanOrEqual(norm);
        expect(norm).toBeLessThanOrEqual(2);
        expect(ridges.every((ridge) => ridge > 0)).toBe(true);
      }
    },
  );

  test('a dimension that is none is refused by its name', () => {
    const space = { ...spaces.default, bandwidth: { from: 5, to: 1 } };
    expect(() => drawCandidate(space, 0, 0)).toThrow(/space\.bandwidth/);
  });
});

describe('the choice of settings', () => {
  test('is the same for any number of candidates at a time', async () => {
    using one = regressor();
    using two = regressor({ parallel: 2 });
    await one.fit(x, y);
    await two.fit(x, y);
    expect(two.members.map(({ choice, share }) => [choice, share])).toEqual(
      one.members.map(({ choice, share }) => [choice, share]),
    );
    expect(await two.predict(x)).toEqual(await one.predict(x));
    const timeless = ({ history }: TabularRegressor) => history.map((record) => ({ ...record, seconds: 0 }));
    expect(timeless(two)).toEqual(timeless(one));
  });

  test('goes on where it was interrupted, with the same result', async () => {
    const lines: string[] = [];
    using whole = regressor();
    await whole.fit(x, y, { onTrial: (event) => lines.push(encodeTrial(event)) });
    const stop = new AbortController();
    const kept: string[] = [];
    using stopped = regressor();
    const interrupted = stopped.fit(x, y, {
      signal: stop.signal,
      onTrial: (event) => {
        kept.push(encodeTrial(event));
        stop.abort();
      },
    });
    await expect(interrupted).rejects.toThrow(expect.objectContaining({ code: 'ABORTED' }));
    expect(stopped.fitted).toBe(false);
    expect(kept).toHaveLength(1);
    using resumed = regressor();
    const judged: TrialEvent[] = [];
    // The last line was cut off.
    await resumed.fit(x, y, {
      resume: `${kept.join('\n')}\n${lines[1]?.slice(0, 40)}`,
      onTrial: (e) => judged.push(e),
    });
    expect(judged[0]?.record.seconds).toBe(JSON.parse(kept[0] ?? '').seconds);
    expect(await resumed.predict(x)).toEqual(await whole.predict(x));
    expect(() => decodeTrials('nonsense\nnonsense')).toThrow(expect.objectContaining({ code: 'FORMAT' }));
  });

  test('a time that is too short for one fit gives the best it has, and says so', async () => {
    using model = regressor({ seconds: 1e-6 });
    await model.fit(x, y);
    expect(model.endedEarly).toBe(true);
    expect(model.history.map(({ trial }) => trial)).toEqual([0]);
    expect(await model.score(x, y)).toBeGreaterThan(0.5);
  });

  test('little time for the final fit means fewer members, then smaller leaves', () => {
    const [candidate] = few as [Candidate];
    const member = (share: number) => ({
      candidate,
      share,
      choice: { iteration: 1, ridge: 1, learningRidges: [1] },
    });
    const record = { trial: 0, rung: 0, score: 1, choice: undefined, failure: undefined };
    const history = [{ ...record, candidate, rows: 1000, seconds: 3 }];
    const members = [member(0.6), member(0.4)];
    const sizes = { rows: 10_000, leafRows: 10_000, divisions: 3, parallel: 1 };
    // One fit takes 1 s · 10^2.5.
    const planned = (seconds: number) => planFinalFit(members, history, sizes, seconds);
    expect(planned(700)).toEqual({ members, leafRows: undefined });
    expect(planned(400)).toEqual({ members: [{ ...members[0], share: 1 }], leafRows: undefined });
    const { leafRows = 0 } = planned(40);
    expect(leafRows).toBeGreaterThan(1500);
    expect(leafRows).toBeLessThan(2800);
    expect(planned(-1).leafRows).toBe(500);
  });

  test('candidates that take more memory than they may are left out, and say so', async () => {
    const wide = matrixOf(60, 400, 1);
    const memory = 2 ** 20;
    using model = regressor({ memory, judging: { kind: 'split', fraction: 0.2 } });
    await expect(model.fit(wide, y)).rejects.toThrow(/takes .* MiB: it has 1.* MiB/);
    using backend = createNaiveBackend();
    const judging = { kind: 'split', fraction: 0.2 } as const;
    using small = regressor({ backend, memory, judging, first: few.slice(0, 1) });
    const rows = matrixOf(270, 2, 2);
    await small.fit(
      rows,
      rows.map(([a = 0]) => a),
    );
    expect(small.history.every(({ rows: used }) => used === 209)).toBe(true);
    expect(backend.memory().peakBytes).toBeLessThan(memory);
    expect(small.members[0]?.fitted.leaves.length).toBeGreaterThan(0);
  });

  test('many candidates begin on few rows, and a third goes on', () => {
    const rows = 5000;
    const none = { weights: undefined, outputs: 1, score: { name: 'rmse', ofLoss: (loss: number) => loss } };
    const problem = { ...none, rows, prepare: () => unused(), comparison: () => unused() };
    const plan = (trials: number) =>
      planRungs(problem, 0, {
        judging: undefined,
        given: undefined,
        memory: undefined,
        trials,
        survivors: 2,
      }).map(({ divisions, survivors }) => [divisions[0]?.training.length, survivors(30)]);
    expect(plan(6)).toEqual([
      [1500, 5],
      [3000, 5],
    ]);
    expect(plan(30)).toEqual([
      [500, 10],
      [1500, 5],
      [3000, 5],
    ]);
  });

  test('a metric that is NaN counts as worst, and is told where there is nothing else', async () => {
    let calls = 0;
    const sometimes = {
      name: 'odd',
      better: 'lower',
      of: () => (calls++ % 2 === 0 ? Number.NaN : 1),
    } as const;
    using model = regressor({ metric: sometimes });
    await model.fit(x, y);
    expect(model.chosenBy).toEqual({ metric: 'odd', score: 1 });
    using never = regressor({ metric: { name: 'odd', better: 'higher', of: () => Number.NaN } });
    await expect(never.fit(x, y)).rejects.toThrow(/None of the candidates could be judged/);
  });

  test('a metric of one’s own decides', async () => {
    // The smoothest predictions win.
    const flat = {
      name: 'flatness',
      better: 'lower',
      of: ({ predicted }: { readonly predicted: ArrayLike<number> }) =>
        Array.from(predicted).reduce((sum, value) => sum + value ** 2, 0),
    } as const;
    using model = regressor({ metric: flat, members: 1 });
    await model.fit(x, y);
    expect(model.members[0]?.choice.ridge).toBe(1);
  });

  test.each([{ kind: 'leave-one-out' } as const, { kind: 'split', fraction: 0.3 } as const])(
    '$kind',
    async (judging) => {
      using model = regressor({ judging, members: 1 });
      await model.fit(x, y);
      expect(model.chosenBy.score).toBeLessThan(1);
      expect(await model.score(x, y)).toBeGreaterThan(0.9);
    },
  );

  test('weights count like so many rows, and rows of weight 0 not at all', async () => {
    const weights = x.map((_, row) => (row < 40 ? 1 : 0));
    using weighted = regressor({ members: 1 });
    await weighted.fit(x, y, { weights });
    using fewer = regressor({ members: 1 });
    await fewer.fit(x.slice(0, 40), y.slice(0, 40));
    expect((await weighted.predict(x)).map((v) => Math.round(v * 1e8))).toEqual(
      (await fewer.predict(x)).map((v) => Math.round(v * 1e8)),
    );
    await expect(weighted.fit(x, y, { weights: x.map(() => 0) })).rejects.toThrow(
      expect.objectContaining({ code: 'VALUE' }),
    );
    await expect(weighted.fit(x, y, { weights: x.map(() => -1) })).rejects.toThrow(
      expect.objectContaining({ code: 'VALUE' }),
    );
  });

  test('groups that leave a fold one class only do no harm', async () => {
    using model = new TabularClassifier({ backend: createNaiveBackend(), first: few, judging: folds });
    const groups = labels.map((label, row) => (row < 20 ? label : `group ${row % 3}`));
    await model.fit(x, labels, { groups });
    expect(await model.score(x, labels)).toBeGreaterThan(0.8);
  });

  test.each([
    [{ trials: 0 }, 'trials'],
    [{ metric: 'auc' as const }, 'metric'],
    [{ judging: { kind: 'folds', folds: 1 } as const }, 'judging'],
    [{ seconds: -1 }, 'seconds'],
    [{ calibration: 1 }, 'calibration'],
    [{ trails: 5 } as Partial<TableModelOptions>, 'trials'],
  ])('%o is refused', (options, name) => {
    expect(() => regressor(options)).toThrow(new RegExp(name));
  });
});

test('an average is chosen greedily, with repetition, and of no more than asked', () => {
  const target = [1, 1];
  const loss = (p: Float32Array): number =>
    target.reduce((sum, t, i) => sum + (t - (p[i] as number)) ** 2, 0);
  const fit = (...values: number[]) => {
    const predictions = Float32Array.from(values);
    return { predictions, loss: loss(predictions) };
  };
  const fits = [fit(1.2, 0.9), fit(0.6, 1.2), fit(9, 9)];
  const { shares, loss: found } = greedyAverage(fits, loss, { members: 3 });
  expect([...shares.keys()]).toEqual([0, 1]);
  expect(shares.get(0)).toBeGreaterThan(shares.get(1) as number);
  expect(found).toBeLessThan(fit(1.2, 0.9).loss);
  expect([...greedyAverage(fits, loss, { members: 1 }).shares]).toEqual([[0, 1]]);
});

describe('values of another kind', () => {
  test('spaces', () => {
    for (const odd of [
      { kernel: undefined },
      { kernel: { choices: '1' } },
      { bandwidth: null },
      { bandwidth: { from: Symbol('odd'), to: 1 } },
    ]) {
      const space = { ...spaces.default, ...odd };
      expect(() => Reflect.apply(drawCandidate, undefined, [space, 1, 0])).toThrow(OptionError);
    }
    expect(() => Reflect.apply(drawCandidate, undefined, [new Float64Array(), 1, 0])).toThrow(OptionError);
  });

  test('trees and roles', async () => {
    for (const tree of [{ split: null }, { overlap: Symbol('odd') }, { temperatures: '1' }]) {
      expect(() => Reflect.construct(TabularRegressor, [{ backend: createNaiveBackend(), tree }])).toThrow(
        OptionError,
      );
    }
    expect(() => regressor({ parallel: 2 ** 32 + 1 })).toThrow(OptionError);
    for (const odd of [null, { ignore: 0 }, { categorical: [1] }]) {
      using model = regressor();
      await expect(Reflect.apply(model.fit, model, [x, y, odd])).rejects.toThrow(OptionError);
    }
    using model = regressor();
    await expect(Reflect.apply(model.fit, model, [x, y, { weights: 0 }])).rejects.toThrow(DTypeError);
  });

  test('trials, fits, and numbers that do not make rows', () => {
    expect(() => Reflect.apply(decodeTrials, undefined, [1])).toThrow(OptionError);
    expect(() => greedyAverage([], () => 0, { members: 1 })).toThrow(ValueError);
    const fit = { predictions: Float32Array.of(1), loss: 1 };
    const other = { predictions: Float32Array.of(1, 2), loss: 2 };
    expect(() => greedyAverage([fit, other], () => 0, { members: 2 })).toThrow(ShapeError);
    expect(() => labelSets([0.5, 0.5], 1e-300, 1)).toThrow(OptionError);
    expect(() => labelScores([0.5], [0], 2)).toThrow(OptionError);
    expect(() => residualScores([1, 2], [1, 2], 1e300)).toThrow(OptionError);
    expect(() => conformalBound(Object.assign([], { length: 3 }), 0.5)).toThrow(OptionError);
    expect(() => calibrate([1, 2], [0], 3)).toThrow(OptionError);
    expect(() => toCalibrated([1, 2], 2, { temperature: 0, floor: 0 })).toThrow(OptionError);
  });
});
