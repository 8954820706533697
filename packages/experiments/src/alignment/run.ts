import { chooseDType, type FloatDType } from '@agop/core';
import {
  alignmentTrace,
  DenseNetwork,
  earlyAlignment,
  infiniteWidthAlignment,
  networkAlignment,
  type Optimizer,
  sgd,
  speedLimited,
  trainingEpochs,
  trainNetwork,
} from '@agop/nfa/network';
import type { RunContext } from '../experiment.ts';
import { type Progress, RunParts } from '../run-parts.ts';
import { type AlignmentData, chainData, type EarlyTarget, earlyData } from './data.ts';
import { alignedLayer, scoresOf, sharesOf } from './measure.ts';
import {
  type AlignedEpoch,
  type AlignmentResult,
  type AlignmentRun,
  alignmentRun,
  alignmentSpeedRun,
  type EarlyPart,
  type EarlyRow,
  earlyPart,
  type SpeedRow,
} from './result.ts';
import { speedWords } from './sentences.ts';
import {
  type AlignmentSettings,
  checkAlignmentSettings,
  type Training,
  trainingOf,
  unitsOf,
} from './settings.ts';

/** After each epoch, and in the study of early alignment after each width. */
export interface AlignmentEvent extends Progress {
  /** What is done, for people. */
  readonly what: string;
  /** Measured so far in this training. */
  readonly measured: readonly AlignedEpoch[];
  readonly epochs: number;
}

/**
 * How layers of networks align with their gradients: while a network trains, by Speed Limited Optimization,
 * or as predicted before training.
 *
 * @param images for settings that name some
 * @throws {OptionError} for settings that do not go together
 * @throws {ConvergenceError} for a training that diverges
 * @throws {AbortedError} through `signal`
 */
export async function runAlignment(
  settings: AlignmentSettings,
  images: AlignmentData | undefined,
  context: RunContext<AlignmentEvent>,
): Promise<AlignmentResult> {
  checkAlignmentSettings(settings);
  const { backend } = context;
  const { study, dtype, batchSize } = settings;
  const seeds = Array.from({ length: settings.seeds }, (_, i) => settings.seed + i);
  const training = trainingOf(settings);
  const dataOf = (seed: number): AlignmentData => images ?? chainData(training.samples, seed);
  const parts = new RunParts(context.parts, partsIn(settings, training));
  const job: Job = { settings, training, context, seeds, dataOf, parts };
  const traces = study === 'trace' ? await traceStudy(job) : [];
  const speeds = study === 'speed' ? await speedStudy(job) : [];
  const early = study === 'early' ? await earlyStudy(job) : [];
  const first = study === 'early' ? undefined : dataOf(settings.seed);
  return {
    experiment: 'alignment',
    version: 1,
    summary: {
      ...{ study, batchSize, seeds, traces, speeds, early },
      ...{ layers: training.layers, width: training.width, epochs: training.epochs },
      learningRate: training.learningRate,
      data: first?.name ?? 'normal inputs',
      samples: first?.train.x.shape[0] ?? settings.samples ?? earlySamples,
      testSamples: first?.test.x.shape[0] ?? 0,
      classes: first?.train.labels !== undefined,
      backend: backend.name,
      device: backend.device.description,
      dtype: chooseDType(backend, dtype, study === 'early' ? 'float64' : 'float32'),
      seconds: parts.seconds,
    },
  };
}

/** What all studies know. */
interface Job {
  readonly settings: AlignmentSettings;
  readonly training: Training;
  readonly context: RunContext<AlignmentEvent>;
  readonly seeds: readonly number[];
  readonly dataOf: (seed: number) => AlignmentData;
  readonly parts: RunParts;
}

/** Rate of the first epoch of images. */
const warmRate = 1e-4;

/** A training for each seed. */
async function traceStudy(job: Job): Promise<AlignmentRun[]> {
  const traces: AlignmentRun[] = [];
  for (const seed of job.seeds) {
    traces.push(
      await job.parts.take({ name: `trace, seed ${seed}`, kind: alignmentRun }, () => trace(job, seed)),
    );
  }
  return traces;
}

async function trace(job: Job, seed: number): Promise<AlignmentRun> {
  const { settings, training, context, dataOf } = job;
  const { epochs, learningRate } = training;
  const data = dataOf(seed);
  using network = networkOf(job, data, seed);
  const { x, y } = data.train;
  const signal = context.signal ? { signal: context.signal } : {};
  const predicted = (await earlyAlignment(network, x, y, signal)).map(({ pearson }) => pearson);
  const measured: AlignedEpoch[] = [];
  const rate = (epoch: number): number => (data.warm && epoch === 1 ? warmRate : learningRate);
  const optimizer = sgd({ learningRate: rate });
  const { batchSize, every } = settings;
  for await (const { epoch, loss, layers } of alignmentTrace(network, x, y, {
    ...{ optimizer, epochs, batchSize, every, seed, ...signal },
  })) {
    measured.push({ epoch, loss: loss ?? null, layers: layers.map(alignedLayer) });
    tell(job, `Seed ${seed}, epoch ${epoch} of ${epochs}`, epoch / epochs, measured);
  }
  return { seed, predicted, epochs: measured, score: await scoresOf(network, data) };
}

/** Gradient descent with two rates, and speed limits: settings of the notebook and the program. */
const speedRows: readonly Omit<SpeedRow, 'runs'>[] = [
  { optimizer: 'sgd', learningRate: 0.05, layer: null, boost: null, epsilon: null },
  { optimizer: 'sgd', learningRate: 0.2, layer: null, boost: null, epsilon: null },
  { optimizer: 'speedLimited', learningRate: 0.005, layer: 1, boost: 20, epsilon: 0.1 },
  { optimizer: 'speedLimited', learningRate: 0.01, layer: 1, boost: 5, epsilon: 0.1 },
  { optimizer: 'speedLimited', learningRate: 0.005, layer: 2, boost: 20, epsilon: 0.1 },
];

function speedRowsOf({ layers }: Training): readonly Omit<SpeedRow, 'runs'>[] {
  return speedRows.filter(({ layer }) => (layer ?? 0) <= layers);
}

/** A training for each optimizer and seed. */
async function speedStudy(job: Job): Promise<SpeedRow[]> {
  const done: SpeedRow[] = [];
  for (const row of speedRowsOf(job.training)) {
    const runs: SpeedRow['runs'] = [];
    for (const seed of job.seeds) {
      const name = `${speedWords(row)}, seed ${seed}`;
      runs.push(await job.parts.take({ name, kind: alignmentSpeedRun }, () => speedRun(job, row, seed)));
    }
    done.push({ ...row, runs });
  }
  return done;
}

async function speedRun(
  job: Job,
  row: Omit<SpeedRow, 'runs'>,
  seed: number,
): Promise<SpeedRow['runs'][number]> {
  const { settings, training, context, dataOf } = job;
  const { epochs } = training;
  const { batchSize } = settings;
  const data = dataOf(seed);
  using network = networkOf(job, data, seed);
  using initial = network.copy();
  const { x, y } = data.train;
  const signal = context.signal ? { signal: context.signal } : {};
  for await (const { epoch } of trainingEpochs(network, x, y, {
    ...{ optimizer: optimizerOf(row), epochs, batchSize, seed, ...signal },
  })) {
    tell(job, `${speedWords(row)}, seed ${seed}, epoch ${epoch} of ${epochs}`, epoch / epochs, []);
  }
  return {
    seed,
    layers: (await networkAlignment(network, initial, x)).map(alignedLayer),
    score: await scoresOf(network, data),
    ...(await sharesOf(network, data)),
  };
}

function optimizerOf({ learningRate, layer, boost, epsilon }: Omit<SpeedRow, 'runs'>): Optimizer {
  if (layer === null || boost === null || epsilon === null) return sgd({ learningRate });
  return speedLimited({ learningRate, layer: layer - 1, boost, epsilon });
}

const earlySamples = 200;
const earlySpectra = [0, 0.5, 1, 2];
const earlyTargets: readonly EarlyTarget[] = ['product', 'noise'];
/** The step after which the C-NFA is measured. */
const smallRate = 1e-4;

/** A row for each target and spectrum, made for each seed. */
async function earlyStudy(job: Job): Promise<EarlyRow[]> {
  const rows: EarlyRow[] = [];
  for (const target of earlyTargets) {
    for (const spectrum of earlySpectra) {
      const found: EarlyPart[] = [];
      for (const seed of job.seeds) {
        const name = `early, ${target}, spectrum ${spectrum}, seed ${seed}`;
        found.push(
          await job.parts.take({ name, kind: earlyPart }, () => earlyRow(job, target, spectrum, seed)),
        );
      }
      const widths = unitsOf(job.settings).map((width, i) => ({
        width,
        predicted: found.flatMap((one) => one.widths[i]?.predicted ?? []),
        measured: found.flatMap((one) => one.widths[i]?.measured ?? []),
      }));
      rows.push({ spectrum, target, infinite: found.map(({ infinite }) => infinite), widths });
    }
  }
  return rows;
}

async function earlyRow(job: Job, target: EarlyTarget, spectrum: number, seed: number): Promise<EarlyPart> {
  const { settings, context } = job;
  const { x, y } = earlyData(settings.samples ?? earlySamples, spectrum, target, seed);
  const infinite = (await infiniteWidthAlignment(context.backend, x, y)).cosine;
  const units = unitsOf(settings);
  const widths: EarlyPart['widths'] = [];
  for (const width of units) {
    widths.push({ width, ...(await earlyAndMeasured(job, { x, y, labels: undefined }, width, seed)) });
    const what = `${target}, spectrum ${spectrum}, seed ${seed}, ${width} units`;
    tell(job, what, widths.length / units.length, []);
  }
  return { infinite, widths };
}

async function earlyAndMeasured(
  { context: { backend, signal }, settings: { dtype = 'float64' } }: Job,
  { x, y }: Pick<AlignmentData['train'], 'x' | 'y'> & { readonly labels: undefined },
  width: number,
  seed: number,
): Promise<{ readonly predicted: number; readonly measured: number }> {
  const [n = 0, inputs = 0] = x.shape;
  using network = DenseNetwork.random({
    backend,
    sizes: [inputs, width, 1],
    seed,
    dtype: exact(backend.dtypes, dtype),
  });
  using initial = network.copy();
  const [early] = await earlyAlignment(network, x, y);
  const optimizer = sgd({ learningRate: smallRate });
  await trainNetwork(network, x, y, { optimizer, epochs: 1, batchSize: n, ...(signal && { signal }) });
  const [after] = await networkAlignment(network, initial, x, { roots: false });
  return { predicted: early?.cosine ?? Number.NaN, measured: after?.centered?.cosine ?? Number.NaN };
}

/** float64 where there is one: a small step changes little. */
function exact(dtypes: readonly FloatDType[], wanted: FloatDType): FloatDType {
  return dtypes.includes(wanted) ? wanted : 'float32';
}

function networkOf(
  { settings, training, context }: Job,
  { train }: AlignmentData,
  seed: number,
): DenseNetwork {
  const hidden = Array.from({ length: training.layers }, () => training.width);
  return DenseNetwork.random({
    backend: context.backend,
    sizes: [train.x.shape[1] as number, ...hidden, train.y.shape[1] as number],
    seed,
    ...(settings.dtype && { dtype: settings.dtype }),
  });
}

/** How many parts a study has. */
function partsIn(settings: AlignmentSettings, training: Training): number {
  const rows = {
    trace: 1,
    speed: speedRowsOf(training).length,
    early: earlyTargets.length * earlySpectra.length,
  };
  return rows[settings.study] * settings.seeds;
}

/** @param share of the part that is being made */
function tell(
  { parts, training, context }: Job,
  what: string,
  share: number,
  measured: readonly AlignedEpoch[],
): void {
  context.onEvent?.({ what, ...parts.progress(share), measured, epochs: training.epochs });
}
