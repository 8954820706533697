import type { Rows } from '@agop/estimators';
import { leavesOf, type Split, type TreeNode } from './node.ts';

/** How leaves answer together. */
export interface RoutingOptions {
  /** In units of the range between the quartiles of a node's projections; 0: one leaf answers. */
  readonly temperature: number;
  /** The leaves that answer have this share of a row's weights together. */
  readonly keptWeight: number;
  /** Most leaves that answer. */
  readonly mostLeaves: number;
}

/** The leaves that answer for some rows. */
export interface Routes {
  /** By leaf: the rows it answers for, and its weights. Those of a row sum to 1. */
  readonly byLeaf: ReadonlyMap<number, { readonly rows: Int32Array; readonly weights: Float64Array }>;
}

/** A split on the way to a leaf. */
interface Turn {
  readonly split: Split;
  readonly isRight: boolean;
}

function pathsOf(node: TreeNode, path: readonly Turn[]): (readonly [number, readonly Turn[]])[] {
  if (node.kind === 'leaf') return [[node.leaf, path]];
  return [
    ...pathsOf(node.left, [...path, { split: node, isRight: false }]),
    ...pathsOf(node.right, [...path, { split: node, isRight: true }]),
  ];
}

/**
 * A tree ready to route rows. With temperature T a split with projection u, threshold t and scale s sends a
 * row to the right with probability 1 / (1 + exp(-(u - t) / (T s))); a leaf's weight is the product along its
 * path. The largest weights answer, as many as keep the share that is asked for, scaled to sum 1.
 *
 * Source: the soft routing of xRFM 0.4.
 */
export class Router {
  readonly #root: TreeNode;
  readonly #paths: ReadonlyMap<number, readonly Turn[]>;
  /** The leaves' numbers, from left to right. */
  readonly leaves: readonly number[];

  constructor(root: TreeNode) {
    this.#root = root;
    this.#paths = new Map(pathsOf(root, []));
    this.leaves = leavesOf(root).map(({ leaf }) => leaf);
  }

  /** @param begin first row, `end` the one after the last */
  route(rows: Rows, begin: number, end: number, options: RoutingOptions): Routes {
    const found = new Map<number, { rows: number[]; weights: number[] }>();
    const add = (leaf: number, row: number, weight: number): void => {
      const own = found.get(leaf);
      if (!own) {
        found.set(leaf, { rows: [row], weights: [weight] });
        return;
      }
      own.rows.push(row);
      own.weights.push(weight);
    };
    for (let row = begin; row < end; row++) {
      if (options.temperature === 0) add(this.#leafOf(rows, row), row, 1);
      else for (const { leaf, weight } of this.answering(rows, row, options)) add(leaf, row, weight);
    }
    const byLeaf = new Map(
      [...found]
        .sort(([a], [b]) => a - b)
        .map(([leaf, own]) => [
          leaf,
          { rows: Int32Array.from(own.rows), weights: Float64Array.from(own.weights) },
        ]),
    );
    return { byLeaf };
  }

  /** The leaves that answer for one row, the largest weight first. */
  answering(
    rows: Rows,
    row: number,
    { temperature, keptWeight, mostLeaves }: RoutingOptions,
  ): { readonly leaf: number; readonly weight: number }[] {
    if (temperature === 0) return [{ leaf: this.#leafOf(rows, row), weight: 1 }];
    // The weights of all leaves sum to 1, and a node's is that of its leaves together: the heaviest node
    // first finds the heaviest leaves first, without the others.
    const frontier: { node: TreeNode; logWeight: number }[] = [{ node: this.#root, logWeight: 0 }];
    const kept: { leaf: number; weight: number }[] = [];
    let sum = 0;
    while (frontier.length > 0 && kept.length < mostLeaves && (kept.length === 0 || sum < keptWeight)) {
      let heaviest = 0;
      for (let at = 1; at < frontier.length; at++) {
        if ((frontier[at]?.logWeight ?? 0) > (frontier[heaviest]?.logWeight ?? 0)) heaviest = at;
      }
      const { node, logWeight } = frontier[heaviest] as (typeof frontier)[number];
      if (node.kind === 'leaf') {
        frontier.splice(heaviest, 1);
        const weight = Math.exp(logWeight);
        kept.push({ leaf: node.leaf, weight });
        sum += weight;
        continue;
      }
      const logit = (project(node, rows, row) - node.threshold) / (temperature * node.scale);
      frontier[heaviest] = { node: node.left, logWeight: logWeight + logSigmoid(-logit) };
      frontier.push({ node: node.right, logWeight: logWeight + logSigmoid(logit) });
    }
    return kept.map(({ leaf, weight }) => ({ leaf, weight: weight / sum }));
  }

  /** The slope of the logarithm of a leaf's weight by the features, before what is left out: [d]. */
  logSlope(rows: Rows, row: number, leaf: number, temperature: number): Float64Array {
    const slope = new Float64Array(rows.columns);
    for (const { split, isRight } of this.#paths.get(leaf) ?? []) {
      const unit = temperature * split.scale;
      const logit = (project(split, rows, row) - split.threshold) / unit;
      // d log σ(z) = σ(-z) dz
      const factor = (isRight ? sigmoid(-logit) : -sigmoid(logit)) / unit;
      for (let k = 0; k < slope.length; k++) {
        slope[k] = (slope[k] as number) + factor * (split.vector[k] as number);
      }
    }
    return slope;
  }

  #leafOf(rows: Rows, row: number): number {
    let node = this.#root;
    while (node.kind === 'split') node = project(node, rows, row) <= node.threshold ? node.left : node.right;
    return node.leaf;
  }
}

function project({ vector }: Split, { data, columns }: Rows, row: number): number {
  let sum = 0;
  for (let k = 0, at = row * columns; k < columns; k++, at++) {
    sum += (data[at] as number) * (vector[k] as number);
  }
  return sum;
}

function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}

/** log(1 / (1 + exp(-x))), without overflow. */
function logSigmoid(value: number): number {
  return value < 0 ? value - Math.log1p(Math.exp(value)) : -Math.log1p(Math.exp(-value));
}
