import { Scope, subkey, type Tensor } from '@agop/core';
import {
  type FitJob,
  type FitWarning,
  meanSquaredNorm,
  type Samples,
  type TargetCoding,
} from '@agop/estimators';
import { mayWiden } from '@agop/rfm';
import { drawFilters, type FittedLayer, featureLayer } from '../deep/feature-layer.ts';
import type { HostImages } from '../images/image-input.ts';
import type { FittedConv } from './fitted.ts';
import { checkMemory, type LayerPlan, layerPlans } from './layer-plans.ts';
import type { ConvSettings } from './options.ts';
import { imageOrigin, pixelsFarFromZero, uploadFrom } from './origin.ts';
import {
  type ConvFitEvents,
  type EvaluationSets,
  inWords,
  type ScoredImages,
  TrainingRun,
} from './training-run.ts';
import { WorkMeter } from './work-meter.ts';

/**
 * Runs the loop on each layer and keeps the best fit on validation data, or the last one: in float64 where
 * float32 does not suffice, and as far as iterations can be fitted.
 */
export async function trainConv(
  job: FitJob<HostImages>,
  settings: ConvSettings,
  events: ConvFitEvents,
): Promise<FittedConv> {
  const plans = layerPlans(settings, job.training.x);
  const [held, test] = [job.held?.x.rows ?? 0, job.test?.x.rows ?? 0];
  const sizes = { images: job.training.x.rows, held, test, outputs: job.coding.outputs };
  const warnings: FitWarning[] = [];
  const begin = (chosen: ConvSettings): TrainingRun =>
    new TrainingRun(chosen, events, new WorkMeter(chosen, plans, sizes), warnings);
  const run = begin(settings);
  if (settings.selection === 'test') {
    run.warn(
      'optimistic',
      'Ridge and iteration are chosen on the test data, as in the published program: ' +
        'the scores on it are optimistic. Use validation data for anything but reproducing that.',
    );
  }
  const far = originFor(settings, job)
    ? undefined
    : pixelsFarFromZero(settings.kernel, job.training.x, settings.dtype);
  if (far) {
    const { backend, kernel, dtype } = settings;
    const wide = backend.dtypes.includes('float64') && !pixelsFarFromZero(kernel, job.training.x, 'float64');
    const where = `Pixels are ${far.ratio.toPrecision(2)} times as far from 0 as from each other, most of it in channel ${far.column}, and this kernel sees that`;
    const advice = 'Subtract the mean of each channel from the images.';
    if (wide) {
      run.warn('float64', `${where}: the fit is in float64. ${advice}`);
      const inWide = { ...settings, dtype: 'float64' as const };
      return fitLayers(job, inWide, plans, begin(inWide));
    }
    run.warn('far-from-zero', `${where}: in ${dtype} little else. ${advice}`);
  }
  try {
    return await fitLayers(job, settings, plans, run);
  } catch (error) {
    if (!mayWiden(error, settings.backend, settings.dtype)) throw error;
    const place = inWords(run.next).replace('I', 'i');
    run.warn('float64', `float32 does not suffice for ${place}: the fit begins again in float64.`);
    const wide = { ...settings, dtype: 'float64' as const };
    return fitLayers(job, wide, plans, begin(wide));
  }
}

/** Filters of further layers see where the origin is. */
function originFor(
  { deep, kernel }: ConvSettings,
  { training }: FitJob<HostImages>,
): Float64Array<ArrayBuffer> | undefined {
  return deep.layers === 0 ? imageOrigin(kernel, training.x) : undefined;
}

async function fitLayers(
  job: FitJob<HostImages>,
  settings: ConvSettings,
  plans: readonly LayerPlan[],
  run: TrainingRun,
): Promise<FittedConv> {
  const { backend, dtype, deep, seed } = settings;
  const { coding, training } = job;
  const n = training.x.rows;
  checkMemory(settings, plans, { training: n, scored: (job.held?.x.rows ?? 0) + (job.test?.x.rows ?? 0) });
  using scope = new Scope(backend);
  const { ops } = scope;
  try {
    const origin = originFor(settings, job);
    const upload = (set: HostImages, what: string, smallest: boolean): Tensor =>
      scope.own(uploadFrom(origin, backend, set, dtype, { what, smallest }));
    const images = upload(training.x, 'X', true);
    const y = ops.tensor(coding.targets(training.y), [n, coding.outputs], dtype);
    const scored = (samples: Samples<HostImages> | undefined, what: string): ScoredImages | undefined =>
      samples && { x: upload(samples.x, what, false), score: scoreOf(coding, samples.y) };
    let sets: EvaluationSets = { held: scored(job.held, 'validation X'), test: scored(job.test, 'test X') };
    let x = images;
    const layers: FittedLayer[] = [];
    for (const [layer, plan] of plans.entries()) {
      const { learned, goesOn } = await run.fitLayer(layer, plan, x, y, sets);
      if (learned) scope.own(learned);
      if (layer === deep.layers || !goesOn) break;
      const { patchLength } = plan.geometry;
      const key = subkey(seed, 'patch-filters', layer);
      const filters = drawFilters(ops, learned, { count: deep.width, patchLength, key, dtype });
      const { patchSize, padding } = plan.kernel;
      const fitted = { filters, patchSize, padding, activation: deep.activation };
      layers.push(fitted);
      const below = x;
      x = featureLayer(ops, below, filters, fitted);
      if (below !== images && below !== run.centers) below.dispose();
      const above = (set: ScoredImages | undefined): ScoredImages | undefined => {
        if (!set) return undefined;
        const features = featureLayer(ops, set.x, filters, fitted);
        set.x.dispose();
        return { ...set, x: features };
      };
      sets = { held: above(sets.held), test: above(sets.test) };
    }
    return run.finish(scope, { images, origin }, layers);
  } catch (error) {
    run.release();
    throw error;
  }
}

function scoreOf(coding: TargetCoding, y: Samples<HostImages>['y']): ScoredImages['score'] {
  const targets = coding.targets(y);
  return (outputs) => ({
    accuracy: coding.classes && coding.score('accuracy', outputs, y),
    mse: meanSquaredNorm(outputs, targets, coding.outputs),
  });
}
