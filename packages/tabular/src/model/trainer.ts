import {
  type FitJob,
  type FittedModel,
  type IterationEvents,
  type LoadOptions,
  type MatrixTypes,
  type ModelParts,
  matrixSamples,
  type Rows,
  type Trainer,
} from '@agop/estimators';
import { type FittedRFM, type RFMDescription, rfm } from '@agop/rfm';
import { type FittedLeaf, fitLeaf, type LeafJob } from '../leaf/fit-leaf.ts';
import type { TabularSettings } from './settings.ts';

/** A fitted model of a table. */
export interface FittedTabular extends FittedModel {
  readonly settings: Pick<TabularSettings, 'backend'>;
  readonly leaves: readonly FittedLeaf[];
  readonly machine: FittedRFM;
}

/** What a saved model of a table says of itself, apart from its task and its tensors. */
export type TabularDescription = RFMDescription;

/** The types of {@link tabularTrainer}. */
export interface TabularTypes extends MatrixTypes {
  readonly settings: TabularSettings;
  readonly fitted: FittedTabular;
  readonly description: TabularDescription;
  readonly events: IterationEvents;
  readonly load: LoadOptions;
}

/**
 * Models of tables as an algorithm: a Recursive Feature Machine where the rows fit one, a tree of them
 * otherwise.
 */
export const tabularTrainer: Trainer<TabularTypes> = {
  ...matrixSamples,
  takesWeights: true,
  optionNames: { fit: ['onIteration', 'onWarning'], load: [] },
  format: {
    ...rfm.format,
    name: 'agop-tabular',
    version: 1,
    title: 'model of a table',
    packageName: '@agop/tabular',
    estimators: { classification: 'TabularClassifier', regression: 'TabularRegressor' },
  },

  async fit(job, settings, options) {
    const { backend, executor } = settings;
    const leafJob = jobOfLeaf(job, settings);
    const leaf = executor
      ? await executor.run(leafJob, options.signal)
      : await fitLeaf(backend, leafJob, options);
    return fittedOf(leaf.parts, job.coding.outputs, { backend }, [leaf]);
  },

  predict: ({ machine }, rows) => rfm.predict(machine, rows),

  encode: ({ machine }) => rfm.encode(machine),

  decode: (saved, outputs, options) => fittedOf(saved, outputs, options, []),
};

function jobOfLeaf({ coding, training, held }: FitJob<Rows>, settings: TabularSettings): LeafJob {
  const { backend: _, executor: __, tree: ___, ridge, ...others } = settings;
  return {
    task: coding.describe(),
    taskTensors: coding.tensors(),
    training,
    held,
    settings: { ...others, ridge: ridge[0] as number },
  };
}

async function fittedOf(
  parts: ModelParts<RFMDescription>,
  outputs: number,
  options: LoadOptions,
  leaves: readonly FittedLeaf[],
): Promise<FittedTabular> {
  const machine = await rfm.decode(parts, outputs, options);
  return { machine, leaves, settings: { backend: options.backend }, dispose: () => machine.dispose() };
}
