import { chooseDType, FormatError, throwIfAborted, ValueError } from '@agop/core';
import {
  checkFeatures,
  type FitJob,
  type HostTensor,
  type LoadOptions,
  type MatrixTypes,
  matrixSamples,
  measureColumns,
  type Rows,
  requireTensor,
  type Standardization,
  standardize,
  type Trainer,
} from '@agop/estimators';
import { checkReach } from '@agop/rfm';
import * as z from 'zod/mini';
import { dimensionByCrossValidation } from '../dimension/cross-validation.ts';
import { dimensionByPermutation } from '../dimension/permutation.ts';
import { type DimensionRule, type DimensionSelection, dimensionByGap } from '../dimension/selection.ts';
import { chooseBandwidth } from '../dimension/smoother-bandwidth.ts';
import { type HostMatrix, product } from '../linear/matrix.ts';
import { orthonormalized } from '../linear/symmetric.ts';
import { smooth } from '../local/smoother.ts';
import { defaultKernel } from '../methods/kernel-machines.ts';
import { centralResponses, chosenCenters } from '../methods/local-methods.ts';
import { finderOf } from '../methods/methods.ts';
import { isInverse, methods, type SubspaceMethod, seesSpread } from '../methods/names.ts';
import type { DirectionFinder, MethodSettings, Problem } from '../methods/problem.ts';
import { type SubspaceSettings, subspaceSettings } from './options.ts';

/** Directions that were found, with what predictions need. All of it is on the host. */
export interface FittedSubspace {
  readonly settings: SubspaceSettings;
  /** Means and scales of the features: directions are those of (x - mean) / deviation. */
  readonly scaling: Standardization;
  /** Orthonormal, [p, dimension]. */
  readonly loadings: HostMatrix;
  readonly eigenvalues: Float64Array;
  readonly selection: DimensionSelection | undefined;
  /** The training rows along the directions, [n, dimension]. */
  readonly coordinates: HostMatrix;
  /** What they are fitted to, [n, outputs]. */
  readonly responses: HostMatrix;
  /** Of local regression on the coordinates. */
  readonly bandwidth: number;
  dispose(): void;
}

const schema = z.object({
  method: z.enum(Object.keys(methods) as [SubspaceMethod, ...SubspaceMethod[]]),
  bandwidth: z.number().check(z.positive()),
  selection: z.optional(
    z.object({
      rule: z.enum(['gap', 'crossValidation', 'permutation']),
      found: z.int().check(z.nonnegative()),
      scores: z.array(z.number()),
      first: z.int().check(z.nonnegative(), z.maximum(1)),
    }),
  ),
});

/** What a saved subspace says about itself, apart from its task and its tensors. */
export type SubspaceDescription = z.infer<typeof schema>;

/** The types of {@link subspace}. */
export interface SubspaceTypes extends MatrixTypes {
  readonly settings: SubspaceSettings;
  readonly fitted: FittedSubspace;
  readonly description: SubspaceDescription;
  readonly events: object;
  readonly load: LoadOptions;
}

/** The search for directions as an algorithm; it predicts by local linear regression on them. */
export const subspace: Trainer<SubspaceTypes> = {
  ...matrixSamples,
  optionNames: { fit: [], load: [] },
  format: {
    name: 'agop-subspace',
    version: 1,
    title: 'central subspace',
    packageName: '@agop/subspace',
    estimators: { classification: 'CentralSubspaceClassifier', regression: 'CentralSubspace' },
    parse: (description) => schema.parse(description),
  },

  async fit(job, settings, { signal }) {
    throwIfAborted(signal, 'The fit');
    const { problem, scaling, held } = prepare(job, settings);
    const kernel = settings.kernel ?? defaultKernel(problem.x, settings.standardize);
    const own: MethodSettings = { ...settings, kernel, signal };
    const finder = finderOf(settings.method, problem, own);
    try {
      const selection = await chooseDimension(finder, problem, held, settings, own);
      const most = problem.x.columns;
      const wanted = typeof settings.dimension === 'number' ? settings.dimension : (selection?.found ?? 1);
      const { basis, eigenvalues } = await finder.directions(Math.min(Math.max(wanted, 1), most));
      const loadings = orthonormalized(basis);
      const coordinates = product(problem.x, loadings);
      const { responses } = problem;
      const at = chosenCenters(coordinates.rows, settings);
      const bandwidth = await chooseBandwidth({ coordinates, responses }, at, own);
      return fitted({
        settings,
        scaling,
        loadings,
        eigenvalues,
        selection,
        coordinates,
        responses,
        bandwidth,
      });
    } finally {
      finder.dispose();
    }
  },

  async predict({ settings, scaling, loadings, coordinates, responses, bandwidth }, rows) {
    checkFeatures(rows, loadings.rows);
    const scaled = scaledRows(rows, scaling);
    checkReach(scaled, settings.dtype, { what: 'X', smallest: false, from: unitsFrom(settings) });
    const points = product(scaled, loadings);
    const options = { ...settings, bandwidth };
    const { values } = await smooth(settings.backend, coordinates, responses, points, undefined, options);
    return values.data;
  },

  async encode({ settings, scaling, loadings, eigenvalues, selection, coordinates, responses, bandwidth }) {
    const row = (data: Float64Array): HostTensor => ({ dtype: 'float64', shape: [1, data.length], data });
    const matrix = ({ data, rows, columns }: HostMatrix): HostTensor => ({
      dtype: 'float64',
      shape: [rows, columns],
      data,
    });
    return {
      description: {
        method: settings.method,
        bandwidth,
        ...(selection && { selection: { ...selection, scores: [...selection.scores] } }),
      },
      tensors: {
        mean: row(scaling.mean),
        deviation: row(scaling.deviation),
        loadings: matrix(loadings),
        eigenvalues: row(eigenvalues),
        coordinates: matrix(coordinates),
        responses: matrix(responses),
      },
    };
  },

  decode({ description, tensors }, outputs, { backend, dtype }) {
    const { method, bandwidth, selection } = description;
    const matrix = (name: string, form: number | readonly number[]): HostMatrix => {
      const { data, shape } = requireTensor(tensors, name, form);
      return { data: Float64Array.from(data), rows: shape[0] as number, columns: shape[1] as number };
    };
    const loadings = matrix('loadings', 2);
    const { rows: p, columns: r } = loadings;
    const coordinates = matrix('coordinates', 2);
    if (coordinates.columns !== r || r > p) {
      throw new FormatError('The saved model is damaged: its directions and coordinates do not fit.');
    }
    const [mean, deviation] = [matrix('mean', [1, p]).data, matrix('deviation', [1, p]).data];
    if (!deviation.every((value) => value > 0)) {
      throw new FormatError('The saved model is damaged: its features have no positive scale.');
    }
    return fitted({
      settings: subspaceSettings('load()', {
        backend,
        method,
        dtype: chooseDType(backend, dtype, 'float64'),
        dimension: r,
      }),
      scaling: { mean, deviation },
      loadings,
      eigenvalues: matrix('eigenvalues', 2).data,
      selection,
      coordinates,
      responses: matrix('responses', [coordinates.rows, outputs]),
      bandwidth,
    });
  },
};

function fitted(parts: Omit<FittedSubspace, 'dispose'>): FittedSubspace {
  return { ...parts, dispose: () => undefined };
}

/** Rows as the directions see them. @throws {ShapeError} for other features than those of the fit */
export function scaledRows(rows: Rows, scaling: Standardization): HostMatrix {
  checkFeatures(rows, scaling.mean.length);
  return { data: standardize(rows.data, scaling), rows: rows.rows, columns: rows.columns };
}

/** What scaled rows are distances from, in words. */
function unitsFrom({ standardize: isScaled }: SubspaceSettings): string {
  return isScaled ? 'standard deviations from its mean' : 'from its mean';
}

interface Prepared {
  readonly problem: Problem;
  readonly scaling: Standardization;
  readonly held: { readonly x: HostMatrix; readonly responses: HostMatrix } | undefined;
}

function prepare({ coding, training, held }: FitJob<Rows>, settings: SubspaceSettings): Prepared {
  if (training.x.rows < 3)
    throw new ValueError('There are too few rows to find directions: give three at least.');
  const measured = measureColumns(training.x);
  if (measured.deviation.every((value) => value === 0)) {
    throw new ValueError('No feature varies: there is no direction to find. Check X.');
  }
  // A column that does not vary keeps its unit; its differences to the mean are 0.
  const scaling = {
    mean: measured.mean,
    deviation: measured.deviation.map((value) => (settings.standardize ? value || 1 : 1)),
  };
  const seen = (rows: Rows, what: string, smallest: boolean): HostMatrix => {
    const scaled = scaledRows(rows, scaling);
    checkReach(scaled, settings.dtype, { what, smallest, from: unitsFrom(settings) });
    return scaled;
  };
  const responsesOf = (y: Rows): HostMatrix => ({
    data: coding.targets(y),
    rows: y.rows,
    columns: coding.outputs,
  });
  return {
    scaling,
    problem: {
      x: seen(training.x, 'X', true),
      responses: responsesOf(training.y),
      values: { ...training.y, data: Float64Array.from(training.y.data) },
      isClassification: coding.classes !== undefined,
    },
    held: held && { x: seen(held.x, 'validation X', false), responses: responsesOf(held.y) },
  };
}

/** Rows at which local regressions are taken, and steps, at most, in each fold of a cross-validation. */
const inFolds = { centers: 300, iterations: 3, refinements: 3 };

async function chooseDimension(
  finder: DirectionFinder,
  problem: Problem,
  held: Prepared['held'],
  settings: SubspaceSettings,
  own: MethodSettings,
): Promise<DimensionSelection | undefined> {
  const { dimension, method } = settings;
  if (typeof dimension === 'number') return undefined;
  const most = Math.min(settings.maxDimension, problem.x.columns);
  const rule: DimensionRule =
    dimension === 'auto' ? (isInverse(method) ? 'permutation' : 'crossValidation') : dimension;
  switch (rule) {
    case 'gap':
      return dimensionByGap(await finder.eigenvalues(), most, problem.x.rows);
    case 'crossValidation': {
      // Directions of the spread show in the indicators, not in the mean.
      const sees = seesSpread(method);
      const responses = sees ? centralResponses(problem, settings.slices) : problem.responses;
      // Found again for each fold, directions may be rougher.
      const part = {
        ...own,
        centers: Math.min(own.centers, inFolds.centers),
        iterations: Math.min(own.iterations, inFolds.iterations),
        refinements: Math.min(own.refinements, inFolds.refinements),
      };
      return dimensionByCrossValidation(
        finder,
        problem,
        responses,
        sees ? undefined : held,
        (rows) => finderOf(method, rows, part),
        most,
        own,
      );
    }
    case 'permutation':
      return dimensionByPermutation(
        finder,
        problem,
        (permuted) => finderOf(method, permuted, own),
        { permutations: settings.permutations, level: settings.level, most },
        own,
      );
  }
}
