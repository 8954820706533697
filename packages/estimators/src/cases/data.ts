import { isTensor } from '@agop/core';
import { demand, demandError, type SampleArray, type Trial, tensorLike } from './subject.ts';

/** What data an estimator takes, and which it refuses. */
export const dataCases: Readonly<Record<string, (trial: Trial) => Promise<void>>> = {
  'every kind of samples gives the same model': async (trial) => {
    const before = await trial.answers(await trial.fitted());
    for (const [kind, make] of Object.entries(trial.inputs(trial.samples))) {
      const x = make();
      try {
        const model = trial.create();
        await model.fit(x, trial.y);
        await trial.demandSame(model, before, `fitted on ${kind}`);
        const score = await model.score(x, trial.y);
        demand(score > 0.7, `scored on ${kind}, it has only ${score}`);
      } finally {
        if (isTensor(x)) x.dispose();
      }
    }
  },

  'every kind of targets gives the same model': async (trial) => {
    const before = await trial.answers(await trial.fitted());
    const rows = trial.y.length;
    const codes = trial.labels.map((label) => (label === 'above' ? 3 : 7));
    const answerOf = new Map<unknown, unknown>(trial.labels.map((label, i) => [label, codes[i]]));
    const numbers = before.map((label) => answerOf.get(label));
    const booleans = before.map((label) => label === 'above');
    const kinds: readonly [string, unknown, readonly unknown[]][] =
      trial.subject.task === 'classification'
        ? [
            ['numbers', codes, numbers],
            ['an Int32Array', Int32Array.from(codes), numbers],
            ['a tf.Tensor', tensorLike(codes, [rows], 'int32'), numbers],
            ['booleans', trial.labels.map((label) => label === 'above'), booleans],
          ]
        : [
            ['a Float64Array', Float64Array.from(trial.values), before],
            ['a Float32Array', Float32Array.from(trial.values), before],
            ['rows of one', trial.values.map((value) => [value]), before],
            ['an array with a shape', { data: trial.values, shape: [rows, 1] }, before],
            ['a tf.Tensor', tensorLike(trial.values, [rows]), before],
          ];
    for (const [kind, y, expected] of kinds) {
      const model = trial.create();
      await model.fit(trial.x, y);
      if (kind !== 'booleans') await trial.demandSame(model, expected, `targets as ${kind}`);
      const score = await model.score(trial.x, y);
      demand(score > 0.7, `with targets as ${kind}, the score is only ${score}`);
    }
  },

  'samples that are not finite are refused, where they are known by row': async (trial) => {
    const model = trial.create();
    const length = trial.samples.data.length / trial.y.length;
    const position = trial.subject.sample ? {} : { row: 3, column: 0 };
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const x = trial.with((data) => data.fill(value, 3 * length, 3 * length + 1));
      await demandError(() => model.fit(x, trial.y), 'VALUE', `${value} in row 3`, position);
      const validation = { x, y: trial.y };
      await demandError(() => model.fit(trial.x, trial.y, { validation }), 'VALUE', `${value} in validation`);
    }
    await model.fit(trial.x, trial.y);
    const broken = trial.with((data) => data.fill(Number.NaN, 0, 1));
    await demandError(() => model.predict(broken), 'VALUE', 'NaN in predict()');
  },

  'targets that are missing are refused, with their row': async (trial) => {
    const model = trial.create();
    for (const missing of trial.subject.task === 'classification'
      ? [null, undefined, Number.NaN]
      : [Number.NaN]) {
      const y = Array.from(trial.y, (value, i) => (i === 5 ? missing : value));
      await demandError(() => model.fit(trial.x, y), 'VALUE', `the target ${missing}`, { row: 5 });
    }
    demand(!model.fitted, 'a fit that failed must leave no model');
  },

  'targets that cannot be saved are refused, with their row': async (trial) => {
    if (trial.subject.task === 'regression') return;
    const model = trial.create();
    for (const value of [Number.POSITIVE_INFINITY, 5n, new Date(0), [1], {}, Symbol('label')]) {
      const y = Array.from(trial.y, (label, i) => (i === 5 ? value : label));
      await demandError(() => model.fit(trial.x, y), 'VALUE', `the label ${typeof value}`, { row: 5 });
    }
    for (const y of [{ data: trial.y, shape: [trial.y.length] }, 'a text', null, undefined, 5]) {
      await demandError(() => model.fit(trial.x, y), 'DTYPE', `labels of type ${typeof y}`);
    }
  },

  'targets of one class, or all alike, are refused': async (trial) => {
    const model = trial.create();
    const y = Array.from(trial.y, () => trial.y[0]);
    await demandError(() => model.fit(trial.x, y), 'VALUE', 'nothing to learn');
  },

  'shapes that do not go together are refused': async (trial) => {
    const model = trial.create();
    await demandError(() => model.fit(trial.x, trial.y.slice(2)), 'SHAPE', 'too few targets');
    await demandError(() => model.fit(trial.first(3), trial.y), 'SHAPE', 'too few samples');
    await model.fit(trial.x, trial.y);
    await demandError(() => model.predict(otherSize(trial)), 'SHAPE', 'predict() of other samples');
    await demandError(() => model.score(trial.x, trial.y.slice(1)), 'SHAPE', 'score() with too few targets');
    const validation = { x: otherSize(trial), y: trial.y };
    await demandError(() => model.fit(trial.x, trial.y, { validation }), 'SHAPE', 'other validation samples');
    const [few, short] = [trial.first(4), { x: trial.first(4), y: trial.y.slice(1) }];
    await demandError(
      () => model.fit(trial.x, trial.y, { validation: short }),
      'SHAPE',
      'validation targets',
    );
    await demandError(() => model.score(few, trial.y), 'SHAPE', 'score() with too few samples');
  },

  'no samples are refused': async (trial) => {
    await demandError(() => trial.create().fit(trial.first(0), []), 'VALUE', 'no samples');
  },

  'what is no data is refused': async (trial) => {
    for (const x of ['a text', 5, null, undefined]) {
      await demandError(() => trial.create().fit(x, trial.y), 'DTYPE', `${x} as samples`);
    }
  },

  'a fraction of the samples is held out, or validation data given': async (trial) => {
    const model = trial.create();
    await model.fit(trial.x, trial.y, { validation: 0.25 });
    const before = await trial.answers(model);
    await model.fit(trial.x, trial.y, { validation: 0.25 });
    await trial.demandSame(model, before, 'the same fraction');
    await model.fit(trial.x, trial.y, { validation: { x: trial.x, y: trial.y } });
    for (const validation of [0, 1, -0.5, 1.5, Number.NaN]) {
      await demandError(
        () => model.fit(trial.x, trial.y, { validation }),
        'OPTION',
        `validation ${validation}`,
      );
    }
  },

  'labels that the fit has not seen: an error in validation, wrong in score()': async (trial) => {
    if (trial.subject.task === 'regression') return;
    const model = await trial.fitted();
    const y = trial.labels.map((label, i) => (i === 3 ? 'neither' : label));
    await demandError(
      () => model.fit(trial.x, trial.y, { validation: { x: trial.x, y } }),
      'LABEL',
      'a label that only validation has',
      { label: 'neither', row: 3 },
    );
    const none = await model.score(
      trial.x,
      trial.labels.map(() => 'neither'),
    );
    demand(none === 0, 'labels that no training sample had must count as wrong');
  },
};

/** Samples with one column more. */
function otherSize(trial: Trial): unknown {
  const { data, shape } = trial.samples;
  const sample = shape.slice(1);
  const [last = 1] = sample.splice(-1);
  const bigger = { shape: [shape[0] as number, ...sample, last + 1] };
  const count = data.length / last;
  const wide = Float64Array.from({ length: count * (last + 1) }, (_, at) => data[at % data.length] as number);
  const samples: SampleArray = { ...bigger, data: wide };
  return trial.given(samples);
}
