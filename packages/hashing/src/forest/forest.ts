import { NotFittedError, OptionError, ShapeError, subkey } from '@agop/core';
import { checkGiven, checkMembers, checkNumbers, checkSignal, checkWhole } from '@agop/core/options';
import { type ModelSource, readBytes, writeFileAtomically } from '@agop/estimators';
import { type BitInput, BitMatrix, toBitMatrix } from '../bits/bit-matrix.ts';
import { Draws } from '../game/draw.ts';
import { type HashingOptions, type HashingSettings, hashingSettings } from '../options.ts';
import { growTree } from '../tree/grow.ts';
import { BitTree, type TreeArrays } from '../tree/tree.ts';
import { decodeForest, encodeForest } from './file.ts';
import { type GrowOptions, growForest } from './grow-forest.ts';
import { type Neighbors, nearest } from './nearest.ts';
import { allRight, pathBits } from './probability.ts';
import { playAtRoot, type RootGame } from './root-game.ts';
import { testWeights } from './weights.ts';

interface Grown {
  readonly bits: BitMatrix;
  readonly trees: readonly BitTree[];
  readonly draws: readonly Draws[];
}

/**
 * Nearest neighbors in Hamming space: a forest of trees whose nodes test single bits. Which bits, is drawn
 * from the distribution that serves the worst query best: one with up to `radius` bits of a stored point
 * wrong. A query walks down each tree; the stored points in the leaves it comes to are the candidates.
 *
 * Source: Andoni & Beaglehole 2022, "Learning to Hash Robustly, Guaranteed" (arXiv 2108.05433).
 */
export class RobustHashForest {
  /** The options with the defaults filled in. */
  readonly settings: HashingSettings;
  #grown: Grown | undefined;
  /** Memory for points to come. */
  #room = new Uint32Array(0);

  /** @throws {OptionError} for an unknown option, a missing radius, or a value out of range */
  constructor(options: HashingOptions) {
    this.settings = hashingSettings(options);
  }

  /** Number of stored points. @throws {NotFittedError} */
  get size(): number {
    return this.#require('size').bits.rows;
  }

  /** Number of bits of a point. @throws {NotFittedError} */
  get bits(): number {
    return this.#require('bits').bits.bits;
  }

  /** Number of nodes of each tree. @throws {NotFittedError} */
  get nodes(): readonly number[] {
    return this.#require('nodes').trees.map((tree) => tree.nodes);
  }

  /** Bytes that the points and the trees take. @throws {NotFittedError} */
  get bytes(): number {
    const { bits, trees } = this.#require('bytes');
    return trees.reduce((sum, tree) => sum + tree.bytes, bits.words.byteLength);
  }

  /**
   * Grows the trees. The same seed gives the same forest; trees are independent of each other. A set without
   * points gives trees that find nothing, to which points can be added.
   *
   * Takes about trees · nodes · rounds · (8 · bits + points of the node · bits / 8) steps with the strategy
   * 'game', and trees · points · depth · bits / 32 with 'uniform'.
   *
   * @param points [n, bits], of 0 and 1
   * @throws {ShapeError} for rows of different length
   * @throws {ValueError} for a value that is no bit
   * @throws {OptionError} for an unknown option
   * @throws {AbortedError} through `signal`
   */
  async fit(points: BitInput, options: GrowOptions = {}): Promise<this> {
    checkMembers('fit()', options, { onTree: 'function?', signal: 'object?', executor: 'object?' });
    checkSignal(options.signal);
    if (options.executor) checkMembers('executor', options.executor, { size: 'number', run: 'function' });
    const bits = toBitMatrix(points);
    const grown = await growForest(this.settings, bits, options);
    this.#grown = { bits, ...treesOf(this.settings, grown) };
    return this;
  }

  /**
   * Adds points. Each goes to the leaf that it comes to in each tree; a leaf that holds more than `bucket`
   * points then is split as in `fit`. The tests above it stay as they are.
   *
   * @param points [m, bits]
   * @returns the row of the first of them; the others follow
   * @throws {NotFittedError} before `fit`
   * @throws {ShapeError} for rows of another length
   * @throws {ValueError} for a value that is no bit
   */
  insert(points: BitInput): number {
    const grown = this.#require('insert()');
    const { bucket } = this.settings;
    const added = this.#read(points, 'points');
    const first = grown.bits.rows;
    const bits = this.#append(grown.bits, added);
    const weights = testWeights(this.settings);
    for (const [t, tree] of grown.trees.entries()) {
      const growth = { bucket, weights, draw: () => (grown.draws[t] as Draws).next() };
      for (let row = first; row < bits.rows; row++) {
        const { leaf, tests } = tree.walk(bits, row);
        tree.put(leaf, row);
        const size = tree.size(leaf);
        if (size <= bucket) continue;
        // A leaf that was too large already holds equal points: it stays one while more of them come.
        if (size > bucket + 1 && bits.distance(row, bits, tree.points(leaf)[0] as number) === 0) continue;
        for (const _ of growTree(tree, leaf, bits, tree.empty(leaf), growth, tests));
      }
    }
    this.#grown = { ...grown, bits };
    return first;
  }

  /**
   * The nearest stored points among the candidates of each query: those in its leaves.
   *
   * @param queries [m, bits]
   * @param options.k how many, default 1
   * @param options.trees only so many trees are asked, the first ones; default all
   * @throws {NotFittedError} before `fit`
   * @throws {ShapeError} for rows of another length
   * @throws {ValueError} for a value that is no bit
   * @throws {OptionError} for an option out of range
   * @throws {OutOfMemoryError} for a k that is larger than the memory
   */
  query(queries: BitInput, options: { readonly k?: number; readonly trees?: number } = {}): Neighbors {
    const { bits, trees } = this.#require('query()');
    checkGiven('query()', options, { k: true, trees: true });
    const k = checkWhole('k', options.k ?? 1, 1);
    const asked = checkWhole('trees', options.trees ?? trees.length, 1, trees.length);
    return nearest(bits, trees.slice(0, asked), this.#read(queries, 'queries'), k);
  }

  /**
   * In which trees a query comes to the leaf of a stored point, [trees]: their share estimates the
   * probability that one tree finds it. With probability p, m trees miss it with (1 - p)^m.
   *
   * @param point row of the stored point
   * @param query one row of bits
   * @throws {NotFittedError} before `fit`
   * @throws {ShapeError} for a row of another length, or several
   * @throws {ValueError} for a value that is no bit
   * @throws {OptionError} for a point that is not stored
   */
  meets(point: number, query: BitInput): boolean[] {
    const { bits, trees } = this.#require('meets()');
    this.#checkPoint(point);
    const row = this.#read(query, 'query');
    if (row.rows !== 1) throw new ShapeError(`query must be one row of bits, but is ${row.rows}.`);
    return trees.map((tree) => tree.walk(bits, point).leaf === tree.walk(row, 0).leaf);
  }

  /**
   * The share of the trees in which a query with some bits of a stored point wrong comes to that point's
   * leaf. For a number of wrong bits: the mean over all choices of so many bits, exact for each tree, as the
   * tests on the point's path say which choices lead elsewhere.
   *
   * @param point row of the stored point
   * @param flips the wrong bits, or their number
   * @throws {NotFittedError} before `fit`
   * @throws {OptionError} for a point that is not stored, and for bits that are none
   */
  successProbability(point: number, flips: number | readonly number[]): number {
    const { bits, trees } = this.#require('successProbability()');
    this.#checkPoint(point);
    if (typeof flips === 'number') {
      const wrong = checkWhole('flips', flips, 0, bits.bits);
      const sum = trees.reduce((total, tree) => {
        const tests = pathBits(tree, bits, point).size;
        return total + allRight(bits.bits, tests, wrong);
      }, 0);
      return sum / trees.length;
    }
    const wrong = new Set(checkNumbers('flips', flips));
    for (const bit of wrong) checkWhole('flips', bit, 0, bits.bits - 1);
    const found = trees.filter((tree) => ![...pathBits(tree, bits, point)].some((bit) => wrong.has(bit)));
    return found.length / trees.length;
  }

  /**
   * The game at the root: how likely each bit is the first test, what that gains in the worst case, a bound
   * of what any distribution gains, and the query it serves worst.
   *
   * @throws {NotFittedError} before `fit`
   * @throws {ValueError} where all points are equal, so that there is nothing to test
   */
  rootGame(): RootGame {
    return playAtRoot(this.#require('rootGame()').bits, this.settings);
  }

  /** The forest as bytes, that `load` reads. @throws {NotFittedError} before `fit` */
  toBytes(): Uint8Array {
    const { bits, trees, draws } = this.#require('toBytes()');
    const arrays = trees.map((tree, t) => ({ ...tree.arrays(), drawn: (draws[t] as Draws).used }));
    return encodeForest(this.settings, bits, arrays);
  }

  /**
   * Writes the forest to a file, whole or not at all. Node only.
   *
   * @throws {NotFittedError} before `fit`
   * @throws {StorageError} naming the path and the reason
   * @throws {UnavailableError} without a file system
   */
  async save(path: string): Promise<void> {
    await writeFileAtomically(path, this.toBytes());
  }

  /**
   * Reads a forest. Nothing in the file is believed.
   *
   * @param source path or `file:` URL (Node only), or the bytes
   * @throws {FormatError} for bytes that are no forest, or a damaged one
   * @throws {StorageError} for a file that cannot be read
   * @throws {OptionError} for anything that is no source
   * @throws {UnavailableError} for a path without a file system
   */
  static async load(source: ModelSource): Promise<RobustHashForest> {
    const { settings, bits, trees } = decodeForest(await readBytes(source));
    const forest = new RobustHashForest(settings);
    forest.#grown = { bits, ...treesOf(settings, trees) };
    return forest;
  }

  /** Rows after those that are there, in memory that doubles; never in that of the user's own matrix. */
  #append(bits: BitMatrix, added: BitMatrix): BitMatrix {
    const used = bits.words.length;
    const length = used + added.words.length;
    if (length > this.#room.length || this.#room.buffer !== bits.words.buffer) {
      this.#room = new Uint32Array(Math.max(length, 2 * used));
      this.#room.set(bits.words);
    }
    this.#room.set(added.words, used);
    return new BitMatrix(this.#room.subarray(0, length), bits.bits);
  }

  #require(what: string): Grown {
    if (!this.#grown) throw new NotFittedError(what);
    return this.#grown;
  }

  #read(input: BitInput, what: string): BitMatrix {
    const expected = this.bits;
    const read = toBitMatrix(input, Array.isArray(input) && input.length === 0 ? expected : undefined);
    if (read.bits === expected) return read;
    throw new ShapeError(`${what} have ${read.bits} bits, but the forest was made of ${expected}.`);
  }

  #checkPoint(point: number): void {
    const { rows } = this.#require('point').bits;
    if (Number.isSafeInteger(point) && point >= 0 && point < rows) return;
    throw new OptionError('point', {
      requirement: `be the row of a stored point, from 0 and below ${rows}`,
      received: point,
    });
  }
}

function treesOf(settings: HashingSettings, grown: readonly TreeArrays[]): Omit<Grown, 'bits'> {
  return {
    trees: grown.map((tree) => new BitTree(tree)),
    draws: grown.map(({ drawn }, t) => new Draws(subkey(settings.seed, 'bit-tests', t), drawn)),
  };
}
