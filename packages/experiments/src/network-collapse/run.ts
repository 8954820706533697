import { chooseDType } from '@agop/core';
import { centeredCosines, rowsByClass } from '@agop/deep-rfm';
import { type Label, LabelEncoder, oneHot, type ShapedArray } from '@agop/estimators';
import { DenseNetwork, layerMaps, sgd, trainingEpochs } from '@agop/nfa/network';
import type { CollapseData, LabelledRows } from '../collapse/data.ts';
import type { RunContext } from '../experiment.ts';
import { RunParts } from '../run-parts.ts';
import { measureNetwork } from './measure.ts';
import { type NetworkCollapseResult, type NetworkEpoch, type NetworkRun, networkPart } from './result.ts';
import {
  checkNetworkCollapseSettings,
  type NetworkCollapseSettings,
  sizesOf,
  type Variant,
  variantsOf,
} from './settings.ts';

type GramPicture = NetworkCollapseResult['grams'][number]['pictures'][number];

/** Before each training, with nothing measured yet; before its first epoch; after each epoch. */
export interface NetworkCollapseEvent {
  readonly gain: number;
  readonly decay: number;
  readonly seed: number;
  readonly epoch: number;
  readonly epochs: number;
  /** Training of this many, and how many there are. */
  readonly training: number;
  readonly trainings: number;
  /** Measured so far in this training. */
  readonly measured: readonly NetworkEpoch[];
  /** Undefined before anything is known of it. */
  readonly secondsLeft: number | undefined;
}

/** What a run may leave out. */
export interface NetworkCollapseContext extends RunContext<NetworkCollapseEvent> {
  /** Whether Gram matrices are made for the report. Default true. */
  readonly grams?: boolean;
}

/**
 * Trains networks from weights of several gains, with several weight decays, and measures at each hidden
 * layer how classes collapse, and by what part of the layer.
 *
 * @throws {OptionError} for settings that do not go together
 * @throws {ConvergenceError} for a training that diverges
 * @throws {AbortedError} through `signal`
 */
export async function runNetworkCollapse(
  settings: NetworkCollapseSettings,
  data: CollapseData,
  context: NetworkCollapseContext,
): Promise<NetworkCollapseResult> {
  checkNetworkCollapseSettings(settings);
  const { backend, grams = true } = context;
  const seeds = Array.from({ length: settings.seeds }, (_, i) => settings.seed + i);
  const variants = variantsOf(settings);
  const plan = variants.flatMap((variant) => seeds.map((seed) => ({ variant, seed })));
  const classes = LabelEncoder.of(data.training.y, 'Labels').classes;
  const parts = new RunParts(
    context.parts,
    plan.reduce((sum, { variant }) => sum + variant.epochs, 0),
  );
  const runs: NetworkRun[] = [];
  const pictures: NetworkCollapseResult['grams'] = [];
  for (const [index, { variant, seed }] of plan.entries()) {
    const { gain, decay, epochs } = variant;
    const isShown = grams && seed === settings.seed;
    const name = `gain ${gain}, decay ${decay}, seed ${seed}`;
    const part = await parts.take({ name, kind: networkPart(isShown), work: epochs }, () =>
      train({ settings, data, classes, context, variant, seed }, isShown, (epoch, measured) =>
        context.onEvent?.({
          ...{ gain, decay, seed, epoch, epochs },
          ...{ training: index + 1, trainings: plan.length, measured },
          secondsLeft: parts.progress(epoch / epochs).secondsLeft,
        }),
      ),
    );
    runs.push(part.run);
    if (part.grams) pictures.push({ gain, decay, pictures: part.grams });
  }
  const { learningRate, batchSize, layers, dtype } = settings;
  const { width, momentum } = sizesOf(settings);
  return {
    experiment: 'network-collapse',
    version: 1,
    summary: {
      data: data.name,
      trainingRows: data.training.y.length,
      heldOutRows: data.held.y.length,
      features: data.training.x.shape[1] as number,
      classes: classes.map((label) => (typeof label === 'number' ? label : String(label))),
      ...{ layers, width, learningRate, momentum, batchSize, seeds, runs },
      backend: backend.name,
      device: backend.device.description,
      dtype: chooseDType(backend, dtype, 'float32'),
      seconds: parts.seconds,
    },
    grams: pictures,
  };
}

/** What a training is told. */
interface TrainingJob {
  readonly settings: NetworkCollapseSettings;
  readonly data: CollapseData;
  readonly classes: readonly Label[];
  readonly context: NetworkCollapseContext;
  readonly variant: Variant;
  readonly seed: number;
}

/** Trains a network and measures it on the way. @param tell told before training, and after each epoch */
async function train(
  { settings, data, classes, context, variant, seed }: TrainingJob,
  grams: boolean,
  tell: (epoch: number, measured: readonly NetworkEpoch[]) => void,
): Promise<{ readonly run: NetworkRun; readonly grams: GramPicture[] | null }> {
  const began = performance.now();
  const { gain, decay, epochs } = variant;
  using network = networkOf(settings, variant, seed, data, classes, context);
  using initial = network.copy();
  const measure = (rows: LabelledRows) => measureNetwork(network, initial, rows, classes, context.signal);
  tell(0, []);
  const measured: NetworkEpoch[] = [{ epoch: 0, loss: null, ...(await measure(data.training)) }];
  tell(0, measured);
  const { learningRate, batchSize, every } = settings;
  for await (const { epoch, loss } of trainingEpochs(
    network,
    data.training.x,
    targetsOf(data.training, classes),
    {
      optimizer: sgd({ learningRate, momentum: sizesOf(settings).momentum, weightDecay: decay }),
      ...{ epochs, batchSize, seed },
      ...(context.signal && { signal: context.signal }),
    },
  )) {
    if (epoch % every === 0 || epoch === epochs) {
      measured.push({ epoch, loss, ...(await measure(data.training)) });
    }
    tell(epoch, measured);
  }
  return {
    run: {
      ...{ gain, decay, seed, epochs: measured },
      heldOut: data.held.y.length > 0 ? await measure(data.held) : null,
      seconds: (performance.now() - began) / 1000,
    },
    grams: grams ? await gramsOf(network, data.training, classes) : null,
  };
}

function networkOf(
  settings: NetworkCollapseSettings,
  { gain }: Variant,
  seed: number,
  { training }: CollapseData,
  classes: readonly Label[],
  { backend }: NetworkCollapseContext,
): DenseNetwork {
  const hidden = Array.from({ length: settings.layers }, () => sizesOf(settings).width);
  return DenseNetwork.random({
    backend,
    sizes: [training.x.shape[1] as number, ...hidden, classes.length],
    initialization: 'xavierUniform',
    gain,
    seed,
    ...(settings.dtype && { dtype: settings.dtype }),
  });
}

/** 1 for a row's class, −1 for the others. */
function targetsOf({ y }: LabelledRows, classes: readonly Label[]): ShapedArray {
  const indices = new LabelEncoder(classes).encode(y, 'Labels');
  return {
    data: oneHot(indices, classes.length).map((one) => 2 * one - 1),
    shape: [y.length, classes.length],
  };
}

/**
 * Gram matrices at the input, halfway, and after the last hidden layer; to three digits, as they are drawn.
 */
async function gramsOf(
  network: DenseNetwork,
  { x, y }: LabelledRows,
  classes: readonly Label[],
): Promise<GramPicture[]> {
  const rows = rowsByClass(y, classes, { perClass: 15 });
  const width = x.shape[1] as number;
  const data = Float64Array.from(
    { length: rows.length * width },
    (_, at) => x.data[(rows[Math.floor(at / width)] as number) * width + (at % width)] as number,
  );
  const maps = await layerMaps(network, { data, shape: [rows.length, width] });
  const last = maps.length;
  const chosen = [...new Set([0, Math.floor(last / 2), last])];
  const pictures = [];
  for (const layer of chosen) {
    const features = layer === last ? maps[last - 1]?.left : maps[layer]?.none;
    if (!features) throw new TypeError('a network has a hidden layer');
    const { data: cosines } = await centeredCosines(features);
    pictures.push({
      layer,
      rows: rows.length,
      cosines: Array.from(cosines, (cosine) => Math.round(1e3 * cosine) / 1e3),
    });
  }
  return pictures;
}
