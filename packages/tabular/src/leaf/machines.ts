import { FormatError, subkey } from '@agop/core';
import type { LoadOptions, ModelParts, Rows } from '@agop/estimators';
import {
  type FittedRFM,
  nearestCenters,
  type RFMDescription,
  rfm,
  uploadSamples,
  usualDistance,
} from '@agop/rfm';
import { LeafColumns } from './codes.ts';
import { LevelLookup } from './level-lookup.ts';

/** A leaf on the backend. */
export interface LoadedLeaf {
  readonly fitted: FittedRFM;
  /** What its columns are. */
  readonly columns: LeafColumns;
  /** Where distances between levels of codes are looked up. */
  readonly lookup: LevelLookup | undefined;
}

/** Leaves of this many bytes together stay on the backend between predictions. */
const keptBytes = 256 * 2 ** 20;

/**
 * Fitted leaves, which live on the host and come to the backend where they are asked. The last ones asked
 * stay there, as far as {@link keptBytes} go.
 */
export class LeafMachines {
  readonly #parts: readonly ModelParts<RFMDescription>[];
  readonly #outputs: number;
  readonly #load: LoadOptions;
  readonly #features: number;
  readonly #codes: readonly number[];
  /** The usual distances of leaves, as far as they were asked for. */
  readonly #usual = new Map<number, number | undefined>();
  /** The one asked last is at the end. */
  readonly #held = new Map<number, LoadedLeaf & { readonly bytes: number }>();

  /** @param x number of columns of X, those that hold codes, and of outputs */
  constructor(
    parts: readonly ModelParts<RFMDescription>[],
    x: { readonly features: number; readonly codes: readonly number[]; readonly outputs: number },
    load: LoadOptions,
  ) {
    this.#parts = parts;
    this.#features = x.features;
    this.#codes = x.codes;
    this.#outputs = x.outputs;
    this.#load = load;
  }

  /**
   * A leaf on the backend, valid until the next one is asked for.
   *
   * @throws {FormatError} for tensors that are missing, or do not go together
   */
  async get(leaf: number): Promise<LoadedLeaf> {
    const held = this.#held.get(leaf);
    if (held) {
      this.#held.delete(leaf);
      this.#held.set(leaf, held);
      return held;
    }
    const parts = this.#parts[leaf] as ModelParts<RFMDescription>;
    const bytes = Object.values(parts.tensors).reduce((sum, { data }) => sum + data.byteLength, 0);
    const columns = LeafColumns.restore(this.#features, this.#codes, parts.tensors);
    const fitted = await rfm.decode(parts, this.#outputs, this.#load);
    if (fitted.machine.centers.shape[1] !== columns.width) {
      fitted.dispose();
      throw new FormatError(`The saved model is damaged: leaf ${leaf} has other features.`);
    }
    const lookup = lookupOf(fitted, columns, parts.tensors);
    const loaded = { fitted, columns, lookup, bytes };
    this.#held.set(leaf, loaded);
    let total = [...this.#held.values()].reduce((sum, own) => sum + own.bytes, 0);
    for (const [other, own] of this.#held) {
      if (total <= keptBytes || other === leaf) break;
      own.lookup?.dispose();
      own.fitted.dispose();
      this.#held.delete(other);
      total -= own.bytes;
    }
    return loaded;
  }

  /** Outputs of a leaf for rows, [n, outputs], row-major. */
  async predict(leaf: number, rows: Rows): Promise<ArrayLike<number>> {
    const { fitted, columns, lookup } = await this.get(leaf);
    return (await lookup?.predict(rows)) ?? rfm.predict(fitted, columns.expand(rows));
  }

  /**
   * How far rows are from the nearest of (at most 1000) training rows of a leaf, in its metric, [n]: 1 is the
   * most that is usual among training rows. Undefined where the kernel is no function of a distance.
   */
  async distances(leaf: number, rows: Rows): Promise<Float64Array | undefined> {
    const { fitted, columns } = await this.get(leaf);
    const key = subkey(0, 'nearest-centers');
    if (!this.#usual.has(leaf)) this.#usual.set(leaf, await usualDistance(fitted.machine, key));
    const usual = this.#usual.get(leaf);
    if (usual === undefined) return undefined;
    using x = uploadSamples(fitted, columns.expand(rows));
    return (await nearestCenters(fitted.machine, x, key))?.map((distance) => distance / usual);
  }

  /** Frees what is on the backend. */
  dispose(): void {
    for (const { fitted, lookup } of this.#held.values()) {
      lookup?.dispose();
      fitted.dispose();
    }
    this.#held.clear();
  }
}

/** Takes the leaf over where that fails. */
function lookupOf(
  fitted: FittedRFM,
  columns: LeafColumns,
  tensors: ModelParts<RFMDescription>['tensors'],
): LevelLookup | undefined {
  try {
    return LevelLookup.of(fitted, columns, tensors);
  } catch (error) {
    fitted.dispose();
    throw error;
  }
}
