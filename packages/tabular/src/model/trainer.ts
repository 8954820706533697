import {
  type IterationEvents,
  type LoadOptions,
  type MatrixTypes,
  matrixSamples,
  type Trainer,
} from '@agop/estimators';
import type { LeafEvents } from './events.ts';
import { decodeTabular, encodeTabular, parseDescription, type TabularDescription } from './file.ts';
import { fitTabular } from './fit.ts';
import type { FittedTabular } from './fitted.ts';
import { predictRows } from './predict.ts';
import type { TabularSettings } from './settings.ts';

/** The types of {@link tabularTrainer}. */
export interface TabularTypes
  extends MatrixTypes<readonly [options?: { readonly signal?: AbortSignal | undefined }]> {
  readonly settings: TabularSettings;
  readonly fitted: FittedTabular;
  readonly description: TabularDescription;
  readonly events: IterationEvents & LeafEvents;
  readonly load: LoadOptions;
}

/**
 * Models of tables as an algorithm: a Recursive Feature Machine where the rows fit one, else trees of them.
 * What it is fitted on need not be there afterwards: leaves hold their centers.
 *
 * Source: Beaglehole, Holzmüller, Radhakrishnan, Belkin 2025 (arXiv 2508.10053).
 */
export const tabularTrainer: Trainer<TabularTypes> = {
  ...matrixSamples,
  takesWeights: true,
  optionNames: { fit: ['onIteration', 'onWarning', 'onLeaf', 'readLeaf', 'writeLeaf'], load: [] },
  format: {
    name: 'agop-tabular',
    version: 1,
    title: 'model of a table',
    packageName: '@agop/tabular',
    estimators: { classification: 'TabularClassifier', regression: 'TabularRegressor' },
    parse: parseDescription,
  },
  fit: fitTabular,
  predict: (fitted, rows, options) => predictRows(fitted, rows, options?.signal),
  encode: (fitted) => Promise.resolve(encodeTabular(fitted)),
  decode: decodeTabular,
};
