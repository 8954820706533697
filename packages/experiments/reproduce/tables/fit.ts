import type { Backend } from '@agop/core';
import { type Table, TablePreprocessor } from '@agop/data';
import { laplace, presets, RFMClassifier, RFMRegressor } from '@agop/rfm';
import { TabularClassifier, TabularRegressor } from '@agop/tabular';
import type { SharedSet } from './sets.ts';

/** A score on test rows, R² or accuracy, and how long the fit took. */
export interface Measured {
  readonly score: number;
  readonly seconds: number;
}

/** The quick choice, all options at their defaults. */
export async function fitQuick(
  backend: Backend,
  { isRegression, target, ignore, categorical }: SharedSet,
  training: Table,
  test: Table,
): Promise<Measured> {
  const started = performance.now();
  using model = isRegression ? new TabularRegressor({ backend }) : new TabularClassifier({ backend });
  await model.fit(training, target, { ignore, categorical });
  const seconds = (performance.now() - started) / 1000;
  return { score: await model.score(test), seconds };
}

/**
 * A leaf with the defaults of xRFM: Laplace kernel of bandwidth 10, ridge 1e-3, five updates, the best
 * iteration chosen on a fifth of the training rows; numbers standardised, categories one-hot.
 */
export async function fitPlain(
  backend: Backend,
  { isRegression, target, ignore, categorical }: SharedSet,
  training: Table,
  test: Table,
): Promise<Measured> {
  const started = performance.now();
  const preprocessor = TablePreprocessor.fit(training, {
    target,
    task: isRegression ? 'regression' : 'classification',
    ignore,
    categorical,
    unknownCategories: 'ignore',
  });
  const options = { backend, ...presets.rfm2022, kernel: laplace({ bandwidth: 10 }) };
  const [x, further] = [preprocessor.transform(training), preprocessor.transform(test)];
  const since = (): number => (performance.now() - started) / 1000;
  if (isRegression) {
    using model = new RFMRegressor(options);
    await model.fit(x, preprocessor.targets(training), { validation: 0.2 });
    const seconds = since();
    return { score: await model.score(further, preprocessor.targets(test)), seconds };
  }
  using model = new RFMClassifier(options);
  await model.fit(x, preprocessor.labels(training), { validation: 0.2 });
  const seconds = since();
  return { score: await model.score(further, preprocessor.labels(test)), seconds };
}
