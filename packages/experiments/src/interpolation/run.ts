import { NotPositiveDefiniteError, throwIfAborted } from '@agop/core';
import type { RunContext } from '../experiment.ts';
import { type CircleKernelName, circleKernels } from './alias-sums.ts';
import type { InterpolationResult, InterpolationSummary } from './result.ts';
import { bestWidth, interpolationRisk, limitRisk } from './risk.ts';
import { checkInterpolationSettings, type InterpolationSettings, samplesOf, widthsOf } from './settings.ts';
import { type SimulatedRisk, type SimulationOptions, simulateRisk } from './simulate.ts';

/** After each kernel and number of samples. */
export interface InterpolationEvent {
  readonly kernel: CircleKernelName;
  readonly n: number;
}

/** Widths between which the best one is sought, in samples. */
const [narrow, wide] = [0.01, 30];
/** Ridges between which the best one is sought. */
const [weak, strong] = [1e-8, 1e6];

/**
 * Why interpolation does not learn in fixed dimension: the risk on the circle against the number of samples,
 * for widths that stay, for the best width, and for ridge regression.
 *
 * @throws {OptionError} for settings that do not go together
 * @throws {AbortedError} through `signal`
 */
export async function runInterpolationExperiment(
  settings: InterpolationSettings,
  { backend, signal, onEvent }: RunContext<InterpolationEvent>,
): Promise<InterpolationResult> {
  checkInterpolationSettings(settings);
  const { noise, repeats, seed } = settings;
  const [samples, widths] = [samplesOf(settings), widthsOf(settings)];
  const started = performance.now();
  const fixed: InterpolationSummary['fixed'] = [];
  const best: InterpolationSummary['best'] = [];
  const ridge: InterpolationSummary['ridge'] = [];
  for (const kernel of circleKernels) {
    for (const n of samples) {
      throwIfAborted(signal, 'The study of interpolation');
      for (const width of widths) {
        const options = { kernel, width, n, noise };
        const simulated = await simulatedOrNull({ ...options, backend, repeats, seed });
        fixed.push({ ...options, ...interpolationRisk(options), simulated });
      }
      const ofWidth = (width: number) => interpolationRisk({ kernel, width, n, noise });
      const found = bestWidth(ofWidth, narrow / n, wide / n);
      const done = await simulatedOrNull({ kernel, width: found.width, n, noise, backend, repeats, seed });
      best.push({ kernel, n, ...found, simulated: done });
      const width = widths.at(-1) as number;
      const ofRidge = (value: number) => interpolationRisk({ kernel, width, n, noise, ridge: value });
      const { width: value, ...risk } = bestWidth(ofRidge, weak, strong);
      ridge.push({ kernel, width, n, ridge: value, ...risk });
      onEvent?.({ kernel, n });
    }
    const limit = bestWidth((a) => limitRisk(kernel, a, noise), narrow, wide);
    best.push({ kernel, n: null, ...limit, simulated: null });
  }
  const torus = [1, 2, 3].map((dimension) => ({
    dimension,
    ...bestWidth((a) => limitRisk('gaussian', a, noise, dimension), narrow, wide),
  }));
  return {
    experiment: 'interpolation',
    version: 1,
    summary: {
      noise,
      repeats,
      seed,
      seconds: (performance.now() - started) / 1000,
      device: backend.device.description,
      fixed: fixed.map(({ kernel, width, n, bias, variance, risk, simulated }) => ({
        kernel,
        width,
        n,
        bias,
        variance,
        risk,
        simulated,
      })),
      best,
      ridge,
      torus,
    },
  };
}

async function simulatedOrNull(options: SimulationOptions): Promise<SimulatedRisk | null> {
  if (!options.backend.dtypes.includes('float64')) return null;
  try {
    return await simulateRisk(options);
  } catch (error) {
    if (NotPositiveDefiniteError.isInstance(error)) return null;
    throw error;
  }
}
