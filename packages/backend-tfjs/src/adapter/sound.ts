import type * as tfjs from '@tensorflow/tfjs-core';
import type { Tfjs } from './library.ts';
import { inverseCosine, maximumOfRows, power, quotient, sine } from './repairs.ts';
import type { Runtime } from './runtime.ts';

/** A function of tfjs, what it should give, and what takes its place where it does not. */
interface Probe {
  readonly name: keyof Tfjs;
  readonly sample: (tf: Tfjs) => tfjs.Tensor;
  readonly expected: readonly number[];
  readonly tolerance: number;
  readonly repair: (tf: Tfjs) => Partial<Tfjs>;
}

const { NaN: nan, POSITIVE_INFINITY: inf, NEGATIVE_INFINITY: minusInf } = Number;
const cosines = [-1, -0.9, -0.3, 0.01, 0.5, 0.97, 0.999, 1];
const angles = [-3.1, -1.4, 0.2, 1.5, 2.9, 7];

const probes: readonly Probe[] = [
  {
    name: 'div',
    sample: (tf) => tf.div([0, inf, 3, 1], [0, inf, 3, 0]),
    expected: [nan, nan, 1, inf],
    tolerance: 0,
    repair: (tf) => ({ div: quotient(tf) }),
  },
  {
    name: 'pow',
    sample: (tf) => tf.pow([0, 0, 0, nan, 2], [-1, 0, 2, 1.5, nan]),
    expected: [inf, 1, 0, nan, nan],
    tolerance: 0,
    repair: (tf) => ({ pow: power(tf) }),
  },
  {
    name: 'max',
    // Of this size, as WebGL leaves small ones to the host.
    sample: (tf) => tf.max(tf.fill([1, 1000], minusInf), 1, true),
    expected: [minusInf],
    tolerance: 0,
    repair: (tf) => ({ max: maximumOfRows(tf) }),
  },
  {
    name: 'acos',
    sample: (tf) => tf.acos(cosines),
    expected: cosines.map((x) => Math.acos(Math.fround(x))),
    tolerance: 1e-6,
    repair: (tf) => ({ acos: inverseCosine(tf) }),
  },
  {
    name: 'sin',
    sample: (tf) => tf.sin(angles),
    expected: angles.map((x) => Math.sin(Math.fround(x))),
    tolerance: 1e-6,
    repair: (tf) => ({ sin: sine(tf, 0) }),
  },
  {
    name: 'cos',
    sample: (tf) => tf.cos(angles),
    expected: angles.map((x) => Math.cos(Math.fround(x))),
    tolerance: 1e-6,
    repair: (tf) => ({ cos: sine(tf, 1) }),
  },
];

/**
 * The library with functions in the place of those that are not sound on the runtime's tfjs backend: graphics
 * processors bring their own arithmetic. Some samples decide, not the name of the backend.
 *
 * @returns the library, and the names of what was replaced
 */
export async function soundLibrary(
  runtime: Runtime,
): Promise<{ readonly tf: Tfjs; readonly repaired: readonly string[] }> {
  const { tf } = runtime;
  const samples = probes.map(({ sample }) => runtime.make(() => sample(tf)));
  try {
    const values = await Promise.all(samples.map((sample) => sample.data()));
    const failed = probes.filter((probe, index) => !agree(values[index] ?? [], probe));
    if (failed.length === 0) return { tf, repaired: [] };
    const repairs = failed.map(({ repair }) => repair(tf));
    return { tf: Object.assign({ ...tf }, ...repairs), repaired: failed.map(({ name }) => name) };
  } finally {
    for (const sample of samples) sample.dispose();
  }
}

function agree(actual: ArrayLike<number>, { expected, tolerance }: Probe): boolean {
  return expected.every((value, i) => {
    const difference = Math.abs((actual[i] as number) - value);
    return Object.is(actual[i], value) || difference <= tolerance;
  });
}
