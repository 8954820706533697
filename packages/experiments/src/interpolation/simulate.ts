import { type Backend, checkBackend, randomArray, subkey } from '@agop/core';
import { checkNonNegative, checkObject, checkWhole } from '@agop/core/options';
import { fitKernelMachine } from '@agop/rfm';
import { circleKernel } from './circle-kernel.ts';
import { checkWaves, type RiskOptions, unitWave, type Wave } from './risk.ts';

/** The error of kernel machines that were fitted to noisy samples. */
export interface SimulatedRisk {
  /** Mean over the repeats of the squared error, integrated over the circle. */
  readonly risk: number;
  /** Standard error of that mean. */
  readonly standardError: number;
}

/** What {@link simulateRisk} needs besides what the exact risk does. */
export interface SimulationOptions extends RiskOptions {
  readonly backend: Backend;
  /** Independent draws of the noise, at least 2. */
  readonly repeats: number;
  readonly seed: number;
}

/** Places at which the error is taken, from one sample to the next. */
const places = 8;
/** Simpson's rule between two samples: predictions may have corners at samples, and nowhere else. */
const weights = Array.from({ length: places }, (_, i) => (i % 2 === 0 ? 2 : 4) / (3 * places));

/**
 * The same risk by doing it: kernel machines in float64 on the grid, all repeats at once as their outputs,
 * compared with the target at 8 places for each sample.
 *
 * @throws {NotPositiveDefiniteError} where the kernel matrix is numerically singular: wide Gaussian kernels
 *   on fine grids
 * @throws {OptionError} for numbers out of range
 */
export async function simulateRisk(options: SimulationOptions): Promise<SimulatedRisk> {
  const {
    backend,
    kernel,
    width,
    n,
    noise,
    target = unitWave,
    ridge = 0,
    repeats,
    seed,
  } = checkObject('simulateRisk()', options);
  checkBackend(backend);
  checkWhole('n', n, 1, 2 ** 16);
  checkWhole('repeats', repeats, 2, Math.floor(2 ** 28 / (n * places)));
  checkNonNegative('noise', noise);
  checkWaves(target);
  const errors = randomArray(n * repeats, 'normal', subkey(seed, 'sample-noise'), 'float64');
  const clean = Float64Array.from({ length: n }, (_, i) => targetAt(target, i / n));
  const noisy = errors.map((e, at) => (clean[Math.floor(at / repeats)] as number) + Math.sqrt(noise) * e);
  const count = n * places;
  using x = backend.tensor(onCircle(n), [n, 2], 'float64');
  using y = backend.tensor(noisy, [n, repeats], 'float64');
  using asked = backend.tensor(onCircle(count), [count, 2], 'float64');
  using machine = await fitKernelMachine({ backend, kernel: circleKernel(kernel, { width }), x, y, ridge });
  using outputs = machine.predict(asked);
  const predicted = await outputs.read();
  const risks = new Float64Array(repeats);
  for (let i = 0; i < count; i++) {
    const truth = targetAt(target, i / count);
    const weight = (weights[i % places] as number) / n;
    for (let r = 0; r < repeats; r++) {
      risks[r] = (risks[r] as number) + weight * ((predicted[i * repeats + r] as number) - truth) ** 2;
    }
  }
  const risk = risks.reduce((sum, one) => sum + one, 0) / repeats;
  const spread = risks.reduce((sum, one) => sum + (one - risk) ** 2, 0) / (repeats - 1);
  return { risk, standardError: Math.sqrt(spread / repeats) };
}

/** The target at a place x of the circle. */
export function targetAt(target: readonly Wave[], x: number): number {
  return target.reduce((sum, { frequency, cosine, sine }) => {
    const angle = 2 * Math.PI * frequency * x;
    return sum + cosine * Math.cos(angle) + sine * Math.sin(angle);
  }, 0);
}

/** Points i / n of the circle as (cos, sin), [n, 2]. */
export function onCircle(n: number): Float64Array {
  return Float64Array.from({ length: 2 * n }, (_, at) => {
    const angle = (2 * Math.PI * Math.floor(at / 2)) / n;
    return at % 2 === 0 ? Math.cos(angle) : Math.sin(angle);
  });
}
