import { demand, demandError, listOf, type Trial } from './subject.ts';

/** How a model lives: fits, answers, files, ends. */
export const lifeCases: Readonly<Record<string, (trial: Trial) => Promise<void>>> = {
  'learns: one answer per sample, and a score far better than guessing': async (trial) => {
    const model = trial.create();
    demand(!model.fitted, 'a new estimator must not be fitted');
    const returned = await model.fit(trial.x, trial.y);
    demand(returned === model, 'fit() must give the estimator');
    demand(model.fitted, 'after fit() it must be fitted');
    demand((await trial.answers(model)).length === trial.y.length, 'there must be an answer per sample');
    const score = await model.score(trial.x, trial.y);
    demand(score > 0.7 && score <= 1, `the score on the training samples must be near 1, but is ${score}`);
  },

  'fitted again, and by another estimator, it gives the same answers': async (trial) => {
    const model = await trial.fitted();
    const before = await trial.answers(model);
    await trial.demandSame(await trial.fitted(), before, 'another estimator with the same data');
    await model.fit(trial.x, trial.y);
    await trial.demandSame(model, before, 'a second fit');
  },

  'without a fit it says so': async (trial) => {
    const model = trial.create();
    await demandError(() => model.predict(trial.x), 'NOT_FITTED', 'predict()');
    await demandError(() => model.score(trial.x, trial.y), 'NOT_FITTED', 'score()');
    await demandError(() => model.toBytes(), 'NOT_FITTED', 'toBytes()');
    model.dispose();
  },

  'disposed, it is as before the fit, and fits again': async (trial) => {
    const model = await trial.fitted();
    const before = await trial.answers(model);
    model.dispose();
    model.dispose();
    demand(!model.fitted, 'disposed, it must not be fitted');
    await demandError(() => model.predict(trial.x), 'NOT_FITTED', 'predict() after dispose()');
    await model.fit(trial.x, trial.y);
    await trial.demandSame(model, before, 'a fit after dispose()');
  },

  'disposed under a fit or a prediction, it says what happened': async (trial) => {
    const model = await trial.fitted();
    const { tensors } = trial.backend.memory();
    const fit = model.fit(trial.x, trial.y);
    model.dispose();
    await demandError(() => fit, 'DISPOSED', 'a fit under which the model is disposed');
    demand(!model.fitted, 'a fit under which the model was disposed must leave no model');
    demand(trial.backend.memory().tensors <= tensors, 'a fit that dispose() stops must leave no tensor');
    await model.fit(trial.x, trial.y);
    const prediction = model.predict(trial.x);
    model.dispose();
    const error = await prediction.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    // An answer that needs nothing of the model any more may still come.
    if (error === undefined) return;
    await demandError(() => Promise.reject(error), 'DISPOSED', 'a prediction under which it is disposed');
    demand(
      /while .*\(\) was running/.test(String(error)),
      `the error must name what was running, but is: ${error}`,
    );
  },

  'a fit that replaces the model lets predictions with it end': async (trial) => {
    const model = await trial.fitted();
    const before = await trial.answers(model);
    let isFitted = false;
    const fit = model.fit(trial.x, trial.y).finally(() => {
      isFitted = true;
    });
    const answers: Promise<unknown>[] = [];
    while (!isFitted) {
      answers.push(model.predict(trial.x));
      await new Promise((resolve) => setTimeout(resolve));
    }
    await fit;
    for (const answer of await Promise.all(answers)) {
      demand(
        listOf(answer).every((value, i) => Object.is(value, before[i])),
        'predictions during a fit must be those of the model that was',
      );
    }
  },

  'predictions leave nothing behind': async (trial) => {
    const model = await trial.fitted();
    await trial.answers(model);
    const { tensors } = trial.backend.memory();
    await trial.answers(model);
    await model.score(trial.x, trial.y);
    await model.toBytes();
    const after = trial.backend.memory().tensors;
    demand(after === tensors, `${after - tensors} tensors are left by predictions`);
  },

  'saved and loaded, it gives the same answers, and the same file': async (trial) => {
    const model = await trial.fitted();
    const before = await trial.answers(model);
    const attachments = { note: 'travels along' };
    const bytes = await model.toBytes({ attachments });
    const loaded = await trial.load(bytes);
    demand(loaded.fitted, 'a loaded model must be fitted');
    await trial.demandSame(loaded, before, 'after loading');
    demand(loaded.attachments['note'] === attachments.note, 'attachments must come back');
    const again = await loaded.toBytes({ attachments });
    demand(
      again.length === bytes.length && again.every((byte, i) => byte === bytes[i]),
      'saved again, the bytes must be the same',
    );
    await loaded.fit(trial.x, trial.y);
  },

  'files that are cut off or of another kind are refused': async (trial) => {
    const bytes = await (await trial.fitted()).toBytes();
    const { tensors } = trial.backend.memory();
    for (const length of [0, 4, 100, bytes.length - 1]) {
      await demandError(() => trial.load(bytes.slice(0, length)), 'FORMAT', `the first ${length} bytes`);
    }
    await demandError(() => trial.load(new Uint8Array(1000).fill(65)), 'FORMAT', 'a text');
    demand(trial.backend.memory().tensors === tensors, 'a failed load must leave no tensor');
  },

  'an abort frees all, and leaves the model that was': async (trial) => {
    const model = await trial.fitted();
    const before = await trial.answers(model);
    const { tensors } = trial.backend.memory();
    const fit = (signal: AbortSignal): Promise<unknown> => model.fit(trial.x, trial.y, { signal });
    await demandError(() => fit(AbortSignal.abort()), 'ABORTED', 'a fit that is aborted before it begins');
    const controller = new AbortController();
    // An algorithm that gives the event loop no turn may come to its end.
    setTimeout(() => controller.abort());
    await fit(controller.signal).catch((error) =>
      demandError(() => Promise.reject(error), 'ABORTED', 'a fit that is aborted on its way'),
    );
    await trial.demandSame(model, before, 'after an abort');
    demand(trial.backend.memory().tensors === tensors, 'an abort must leave no tensor');
  },

  'a fit that fails leaves the model that was': async (trial) => {
    const model = await trial.fitted();
    const before = await trial.answers(model);
    const { tensors } = trial.backend.memory();
    const broken = trial.with((data) => data.fill(Number.NaN, 0, 1));
    await demandError(() => model.fit(broken, trial.y), 'VALUE', 'NaN');
    await demandError(() => model.fit(trial.x, trial.y.slice(1)), 'SHAPE', 'too few targets');
    await trial.demandSame(model, before, 'after a failure');
    demand(trial.backend.memory().tensors === tensors, 'a failure must leave no tensor');
  },

  'one sample has the answer that it has among others': async (trial) => {
    const model = await trial.fitted();
    const [first] = await trial.answers(model);
    const alone = listOf(await model.predict(trial.first(1)));
    demand(alone.length === 1, 'one sample must have one answer');
    const near = typeof first === 'number' && Math.abs(Number(alone[0]) - first) < 1e-4;
    demand(alone[0] === first || near, `the answer must be ${first}, but is ${alone[0]}`);
  },
};
