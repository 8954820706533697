import { AgopError } from '@agop/core';
import { DeepRFM, randomRelu } from '@agop/deep-rfm';
import { kernels, RFMClassifier, RFMRegressor } from '@agop/rfm';
import * as fc from 'fast-check';
import type { Target } from '../target.ts';
import { demand, demandFinite } from '../verdict.ts';

/** Samples by rule, so that inputs stay small. */
interface Input {
  readonly estimator: 'regressor' | 'classifier' | 'deep';
  readonly engine: 'naive' | 'wasm';
  readonly rows: number;
  readonly columns: readonly Column[];
  readonly outputs: number;
  readonly target: Column;
  readonly kernel: keyof typeof kernels;
  readonly parameter: number;
  readonly options: Readonly<Record<string, unknown>>;
  readonly validation: number | null;
}

/** What a column holds: the values of a rule, times a scale, plus an offset. */
interface Column {
  readonly rule: 'noise' | 'line' | 'constant' | 'steps' | 'spike' | 'alternating' | 'zeros';
  readonly scale: number;
  readonly offset: number;
}

const power = (least: number, most: number): fc.Arbitrary<number> =>
  fc.integer({ min: least, max: most }).map((exponent) => 10 ** exponent);
const column: fc.Arbitrary<Column> = fc.record({
  rule: fc.constantFrom('noise', 'noise', 'line', 'steps', 'constant', 'spike', 'alternating', 'zeros'),
  scale: fc.oneof(fc.constant(1), power(-10, 10), power(-307, 308), fc.constantFrom(5e-324, 1.7e308)),
  offset: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, power(-5, 12), power(-300, 308)),
});

/** Fits to finite numbers of all sizes. */
export const fits: Target<Input> = {
  name: 'fits',
  inTests: 1000,
  about:
    'estimators on finite numbers of all sizes: typed errors or finite predictions, the same after saving',
  inputs: fc.record({
    estimator: fc.constantFrom('regressor', 'regressor', 'classifier', 'classifier', 'deep'),
    engine: fc.constantFrom('naive', 'wasm'),
    rows: fc.integer({ min: 1, max: 24 }),
    columns: fc.array(column, { minLength: 1, maxLength: 6 }),
    outputs: fc.constantFrom(1, 1, 1, 2, 3),
    target: column,
    kernel: fc.constantFrom(...(Object.keys(kernels) as (keyof typeof kernels)[])),
    parameter: fc.oneof(fc.constantFrom(1, 10), power(-8, 8), power(-300, 300)),
    options: fc.record(
      {
        iterations: fc.integer({ min: 0, max: 3 }),
        ridge: fc.oneof(fc.constantFrom(0, 1e-3, 1), power(-300, 3)),
        dtype: fc.constantFrom('float32', 'float64'),
        normalization: fc.constantFrom('max', 'frobenius', 'none'),
        power: fc.oneof(fc.constantFrom(0.5, 1, 2), power(-3, 2)),
        centering: fc.constantFrom('none', 'output', 'pooled'),
        seed: fc.nat(),
      },
      { requiredKeys: [] },
    ),
    validation: fc.constantFrom(null, null, 0.2, 0.5),
  }),
  refusals: ['VALUE', 'OPTION', 'SHAPE', 'NOT_POSITIVE_DEFINITE', 'DEGENERATE_METRIC', 'NO_CONVERGENCE'],
  run: async (input, bench) => {
    const { rows, columns, target, outputs, validation } = input;
    const backend = bench[input.engine];
    const x = Array.from({ length: rows }, (_, i) => columns.map((one, k) => numberAt(one, i, k)));
    if (x.flat().some((value) => !Number.isFinite(value))) return 'not finite itself';
    const y = Array.from({ length: rows }, (_, i) =>
      Array.from({ length: outputs }, (_, k) => numberAt(target, i, 100 + k)),
    );
    if (y.flat().some((value) => !Number.isFinite(value))) return 'not finite itself';
    const options = { ...input.options, kernel: kernelOf(input) };
    const how = validation === null ? {} : { validation };
    if (input.estimator === 'regressor') {
      using model = new RFMRegressor({ backend, ...options });
      await model.fit(x, outputs === 1 ? y.map(([value = 0]) => value) : y, how);
      const answers = await predictions(() => model.predict(x));
      demandFinite(answers, 'predictions');
      demand(answers.length === rows * outputs, 'broken promise', 'There is no answer for each target.');
      await checkImportances(model, x);
      using again = await RFMRegressor.load(await model.toBytes(), { backend });
      demandSame(answers, await again.predict(x));
      return model.warnings.length > 0 ? 'fitted, with a warning' : 'fitted';
    }
    const labels = y.map(([value = 0]) => value);
    if (input.estimator === 'deep') {
      const { centering, power: exponent, normalization, ...rest } = input.options;
      const deep = {
        backend,
        ...rest,
        kernel: options.kernel,
        depth: 2,
        featureMap: randomRelu({ width: 8 }),
      };
      using model = new DeepRFM<number>(deep);
      await model.fit(x, labels, how);
      const answers = await predictions(() => model.predict(x));
      using again = await DeepRFM.load<number>(await model.toBytes(), { backend });
      demandSame(answers, await again.predict(x));
      return 'fitted deep';
    }
    using model = new RFMClassifier<number>({ backend, ...options });
    await model.fit(x, labels, how);
    const answers = await predictions(() => model.predict(x));
    const shares = await model.predictProba(x);
    demandFinite(shares, 'probabilities');
    demand(
      shares.every((share) => share >= 0 && share <= 1),
      'broken promise',
      'A probability is out of range.',
    );
    demand(
      answers.every((label) => labels.includes(label)),
      'broken promise',
      'A label was never given.',
    );
    await checkImportances(model, x);
    using again = await RFMClassifier.load<number>(await model.toBytes(), { backend });
    demandSame(answers, await again.predict(x));
    return 'classified';
  },
};

/** Options of kernels that take what is out of range for some. */
function kernelOf({ kernel, parameter }: Input) {
  const depth = 1 + (Math.abs(Math.round(Math.log10(parameter))) % 4);
  switch (kernel) {
    case 'lpq':
      return kernels.lpq({ bandwidth: parameter, p: 1.5, q: 1 });
    case 'exponentialPower':
      return kernels.exponentialPower({ bandwidth: parameter, exponent: 0.7 });
    case 'quadratic':
      return kernels.quadratic({ scale: parameter });
    case 'generalQuadratic':
      return kernels.generalQuadratic({});
    case 'ntk':
      return kernels.ntk({ depth });
    case 'nngp':
      return kernels.nngp({ depth });
    default:
      return kernels[kernel]({ bandwidth: parameter });
  }
}

function numberAt({ rule, scale, offset }: Column, row: number, column: number): number {
  const noise = Math.sin(12.9898 * (row + 1) * (column + 1) + 78.233 * column);
  const rules = {
    noise,
    line: row / 7,
    constant: 1,
    steps: row % 3,
    spike: row === 2 ? 1 : 0,
    alternating: row % 2,
    zeros: 0,
  };
  return rules[rule] * scale + offset;
}

/** A fit that went well may not be followed by a prediction that says that the numbers overflow. */
async function predictions<T>(predict: () => Promise<T>): Promise<T> {
  try {
    return await predict();
  } catch (error) {
    if (AgopError.isInstance(error)) {
      demand(
        false,
        'broken promise',
        `It is fitted, but does not predict its own rows: ${error.code}: ${error.message}`,
      );
    }
    throw error;
  }
}

async function checkImportances(
  model: { featureImportances(): Promise<Float64Array> },
  x: readonly (readonly number[])[],
): Promise<void> {
  const importances = await model.featureImportances();
  demandFinite(importances, 'importances');
  demand(importances.length === x[0]?.length, 'broken promise', 'There is no importance for each feature.');
  const sum = importances.reduce((total, one) => total + one, 0);
  // A predictor that is constant around all points has none.
  if (importances.every((one) => one === 0)) return;
  demand(Math.abs(sum - 1) < 1e-4, 'broken promise', `Importances sum to ${sum}.`);
}

function demandSame(before: ArrayLike<unknown>, after: ArrayLike<unknown>): void {
  const differs = Array.from(before).findIndex((value, i) => !Object.is(value, after[i]));
  demand(
    differs < 0,
    'round trip',
    `Answer ${differs} was ${before[differs]}, and is ${after[differs]} after loading.`,
  );
}
