import { type Backend, Scope } from '@agop/core';
import { fitKernelMachine, gaussian, topDirections } from '@agop/rfm';
import { CentralSubspace, type SubspaceMethod, subspaceDistance } from '@agop/subspace';
import { fourDirections, hermite, hypercube, type Simulation } from '@agop/subspace/simulations';

/** One method on one sample of `fourDirections`. */
export interface MethodRun {
  readonly n: number;
  readonly seed: number;
  readonly method: SubspaceMethod;
  /** The part of each direction outside of the true subspace. */
  readonly outside: readonly number[];
  readonly missed: number;
  readonly seconds: number;
}

/** The dimension that cross-validation has found for one sample. */
export interface DimensionRun {
  readonly n: number;
  readonly seed: number;
  readonly found: number;
}

/** One kernel regression on the hypercube. */
export interface AgopRun {
  readonly d: number;
  readonly n: number;
  readonly seed: number;
  /** Mean squared error for new points, in variances of the function. */
  readonly error: number;
  readonly missed: number;
  /** The first eigenvalues of the AGOP, relative to the largest. */
  readonly eigenvalues: readonly number[];
}

/** One kernel regression of a polynomial of one direction on the hypercube of 100 dimensions. */
export type HermiteRun = Omit<AgopRun, 'd' | 'eigenvalues'>;

/** All that is kept. */
export interface SubspaceRuns {
  readonly methods: readonly MethodRun[];
  readonly dimensions: readonly DimensionRun[];
  readonly agop: readonly AgopRun[];
  readonly hermite: readonly HermiteRun[];
}

/** Methods on a sample, with the true dimension. */
export async function runMethods(
  backend: Backend,
  n: number,
  seed: number,
  names: readonly SubspaceMethod[],
): Promise<MethodRun[]> {
  const sample = fourDirections(n, seed);
  const runs: MethodRun[] = [];
  for (const method of names) {
    const started = performance.now();
    using model = new CentralSubspace({ backend, method, dimension: 4 });
    await model.fit(given(sample), sample.y);
    const seconds = (performance.now() - started) / 1000;
    const { outside, missed } = await subspaceDistance(model.basis, truthOf(sample));
    runs.push({ n, seed, method, outside: [...outside].map(rounded), missed: rounded(missed), seconds });
  }
  return runs;
}

/** The dimension of a sample by cross-validation of refined MAVE, from 1 to 10 as published. */
export async function runDimension(backend: Backend, n: number, seed: number): Promise<DimensionRun> {
  const sample = fourDirections(n, seed);
  using model = new CentralSubspace({ backend, dimension: 'crossValidation', maxDimension: 10 });
  await model.fit(given(sample), sample.y);
  return { n, seed, found: model.selection?.found ?? Number.NaN };
}

/** Fresh points on which predictions are judged. */
const testPoints = 2000;

/**
 * Kernel ridge regression with exp(-(1 - x·z / d)), ridge 1e-3, on the hypercube, and its AGOP: errors of the
 * prediction and of the subspace.
 */
export function runAgop(backend: Backend, d: number, n: number, seed: number): Promise<AgopRun> {
  return agopOf(backend, hypercube(d)(n + testPoints, seed), n, seed);
}

/** The same for the polynomial of one direction. */
export async function runHermite(backend: Backend, n: number, seed: number): Promise<HermiteRun> {
  const { error, missed } = await agopOf(backend, hermite(100)(n + testPoints, seed), n, seed);
  return { n, seed, error, missed };
}

/** @param sample the last of which are fresh points */
async function agopOf(backend: Backend, sample: Simulation, n: number, seed: number): Promise<AgopRun> {
  const d = sample.x.columns;
  using scope = new Scope(backend);
  const { ops } = scope;
  const points = (from: number, to: number) =>
    ops.tensor(sample.x.data.subarray(from * d, to * d), [to - from, d], 'float64');
  const y = ops.tensor(sample.y.subarray(0, n), [n, 1], 'float64');
  // On the hypercube ‖x - z‖² / (2 d) is 1 - x·z / d.
  using machine = await fitKernelMachine({
    backend,
    kernel: gaussian({ bandwidth: Math.sqrt(d) }),
    x: points(0, n),
    y,
    ridge: 1e-3,
  });
  const predicted = await scope.own(machine.predict(points(n, n + testPoints))).read();
  const truth = sample.y.subarray(n);
  let [squares, variance] = [0, 0];
  truth.forEach((value, i) => {
    squares += (value - (predicted[i] as number)) ** 2;
    variance += value ** 2;
  });
  const agop = scope.own(machine.agop());
  const { values, vectors } = await topDirections(backend, agop, sample.truth.columns);
  const basis = Array.from({ length: d }, (_, k) => vectors.map((vector) => vector[k] as number));
  const { missed } = await subspaceDistance(basis, truthOf(sample));
  return {
    d,
    n,
    seed,
    error: rounded(squares / variance),
    missed: rounded(missed),
    eigenvalues: [...values.slice(0, 10)].map((value) => rounded(value / (values[0] as number))),
  };
}

function given({ x }: Simulation) {
  return { data: x.data, shape: [x.rows, x.columns] };
}

function truthOf({ truth }: Simulation) {
  return { data: truth.data, shape: [truth.rows, truth.columns] };
}

function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
