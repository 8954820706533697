import { AgopError, type AgopErrorCode, type Backend, randomArray } from '@agop/core';

/** What the cases ask of an estimator; every one that stands on `Estimator` has it. */
export interface TestedEstimator {
  readonly fitted: boolean;
  readonly attachments: Readonly<Record<string, string>>;
  fit(x: unknown, y: unknown, options?: object): Promise<unknown>;
  predict(x: unknown): Promise<unknown>;
  score(x: unknown, y: unknown): Promise<number>;
  toBytes(options?: { readonly attachments?: Readonly<Record<string, string>> }): Promise<Uint8Array>;
  dispose(): void;
}

/** An estimator to be tested. */
export interface EstimatorSubject {
  readonly task: 'classification' | 'regression';
  /** A new estimator, which fits a few dozen samples within a second. */
  create(backend: Backend): TestedEstimator;
  load(bytes: Uint8Array, backend: Backend): Promise<TestedEstimator>;
  /** Shape of one sample. Default [4], a row of a matrix. */
  readonly sample?: readonly number[];
  /**
   * Every way in which samples can be given, by name; the first one is used throughout. Default those of
   * matrices.
   */
  readonly inputs?: (samples: SampleArray, backend: Backend) => InputMakers;
}

/** Ways to give samples, by name. */
export type InputMakers = Readonly<Record<string, () => unknown>>;

/** Samples, row-major, the first axis being that of the samples. */
export interface SampleArray {
  readonly data: Float64Array;
  readonly shape: readonly number[];
}

/** One requirement of estimators. */
export interface EstimatorCase {
  readonly name: string;
  /** Throws where the requirement is not met. Leaves no tensor alive on the backend. */
  run(backend: Backend): Promise<void>;
}

/** The requirement of a case is not met. */
export class EstimatorFailure extends Error {
  override readonly name = 'EstimatorFailure';
}

/** @throws {EstimatorFailure} unless the condition holds */
export function demand(holds: boolean, what: string): asserts holds {
  if (!holds) throw new EstimatorFailure(what);
}

/** Demands an error with a code, and with the given properties. */
export async function demandError(
  action: () => unknown,
  code: AgopErrorCode,
  what: string,
  properties: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  try {
    await action();
  } catch (error) {
    const got = AgopError.isInstance(error) ? error.code : String(error);
    demand(got === code, `${what}: an error ${code} is due, but it is ${got}`);
    for (const [key, value] of Object.entries(properties)) {
      const found = Object.entries(error as object).find(([name]) => name === key)?.[1];
      demand(found === value, `${what}: the error's ${key} must be ${value}, but is ${found}`);
    }
    return;
  }
  throw new EstimatorFailure(`${what}: an error ${code} is due, but there is none`);
}

/** One estimator with data for it: two clouds of samples, whose mean is the value of a regression. */
export class Trial {
  readonly backend: Backend;
  readonly subject: EstimatorSubject;
  readonly samples: SampleArray;
  /** Names of the clouds, `above` and `below`. */
  readonly labels: readonly string[];
  readonly values: readonly number[];
  readonly #made: TestedEstimator[] = [];

  constructor(subject: EstimatorSubject, backend: Backend, count = 40) {
    this.subject = subject;
    this.backend = backend;
    const sample = subject.sample ?? [4];
    const length = sample.reduce((product, axis) => product * axis, 1);
    const noise = randomArray(count * length, 'normal', { seed: 5 }, 'float64');
    // Values of float32, so that no way of giving them loses anything.
    const data = noise.map((value, at) =>
      Math.fround(0.4 * value + (Math.floor(at / length) % 2 === 0 ? 1 : -1)),
    );
    this.samples = { data, shape: [count, ...sample] };
    this.values = Array.from({ length: count }, (_, i) => {
      const row = data.subarray(i * length, (i + 1) * length);
      return Math.fround(row.reduce((sum, value) => sum + value, 0) / length);
    });
    this.labels = this.values.map((_, i) => (i % 2 === 0 ? 'above' : 'below'));
  }

  /** All samples. */
  get x(): unknown {
    return this.given(this.samples);
  }

  get y(): readonly (string | number)[] {
    return this.subject.task === 'classification' ? this.labels : this.values;
  }

  /** Every way to give samples. */
  inputs(samples: SampleArray): InputMakers {
    return (this.subject.inputs ?? matrixInputs)(samples, this.backend);
  }

  /** Samples as they are usually given. */
  given(samples: SampleArray): unknown {
    return Object.values(this.inputs(samples))[0]?.();
  }

  /** Changed samples. */
  with(change: (data: Float64Array) => void): unknown {
    const data = this.samples.data.slice();
    change(data);
    return this.given({ ...this.samples, data });
  }

  /** The first so many samples. */
  first(count: number): unknown {
    const { data, shape } = this.samples;
    const [all = 1, ...sample] = shape;
    return this.given({ data: data.slice(0, (data.length / all) * count), shape: [count, ...sample] });
  }

  create(): TestedEstimator {
    return this.#keep(this.subject.create(this.backend));
  }

  async fitted(): Promise<TestedEstimator> {
    const model = this.create();
    await model.fit(this.x, this.y);
    return model;
  }

  async load(bytes: Uint8Array): Promise<TestedEstimator> {
    return this.#keep(await this.subject.load(bytes, this.backend));
  }

  /** Predictions for all samples. */
  async answers(model: TestedEstimator): Promise<unknown[]> {
    return listOf(await model.predict(this.x));
  }

  /** Demands that a model predicts what it has before. */
  async demandSame(model: TestedEstimator, before: readonly unknown[], what: string): Promise<void> {
    const now = await this.answers(model);
    demand(
      now.length === before.length && now.every((value, i) => Object.is(value, before[i])),
      `${what}: predictions must be the same`,
    );
  }

  dispose(): void {
    for (const model of this.#made) model.dispose();
  }

  #keep(model: TestedEstimator): TestedEstimator {
    this.#made.push(model);
    return model;
  }
}

/** Predictions as a list. */
export function listOf(predictions: unknown): unknown[] {
  demand(
    Array.isArray(predictions) || ArrayBuffer.isView(predictions),
    'predict() must give an array for an array',
  );
  return Array.from(predictions as ArrayLike<unknown>);
}

/** What is like a `tf.Tensor`, as far as estimators look. */
export function tensorLike(
  data: ArrayLike<number>,
  shape: readonly number[],
  dtype: 'float32' | 'int32' = 'float32',
): object {
  const elements = dtype === 'float32' ? Float32Array.from(data) : Int32Array.from(data);
  return { shape: [...shape], dtype, data: async () => elements, dispose: () => undefined };
}

/** Every way to give a matrix but Arrow tables: {@link EstimatorSubject.inputs} of estimators on matrices. */
export function matrixInputs({ data, shape }: SampleArray, backend: Backend): InputMakers {
  const [rows = 0, columns = 1] = shape;
  const row = (i: number): Float64Array => data.subarray(i * columns, (i + 1) * columns);
  return {
    'a typed array with a shape': () => ({ data, shape }),
    'a Float32Array with a shape': () => ({ data: Float32Array.from(data), shape }),
    'an array with a shape': () => ({ data: Array.from(data), shape }),
    'an array of arrays': () => Array.from({ length: rows }, (_, i) => Array.from(row(i))),
    'an array of typed arrays': () => Array.from({ length: rows }, (_, i) => row(i)),
    'a tf.Tensor': () => tensorLike(data, shape),
    'a tensor of the backend': () => backend.tensor(data, shape, backend.preferredDType),
  };
}
