import { FormatError } from '@agop/core';
import {
  type HostTensor,
  type LoadOptions,
  type ModelParts,
  measureSchema,
  nest,
  nested,
  requireTensor,
} from '@agop/estimators';
import { type RFMDescription, rfm } from '@agop/rfm';
import * as z from 'zod/mini';
import { LeafMachines } from '../leaf/machines.ts';
import { leavesOf, type Split, splitsOf, type TreeNode } from '../tree/node.ts';
import { type FittedTabular, fittedSettingsSchema, type TabularLeaf } from './fitted.ts';

const count = z.int().check(z.nonnegative());
const share = z.number().check(z.gt(0), z.lte(1));

/** A tree in a file, from the root to the left to the right: -1 for a split, else the number of a leaf. */
const treeSchema = z.array(z.int().check(z.gte(-1))).check(z.minLength(1));

const schema = z.object({
  features: z.int().check(z.gte(1)),
  /** Missing in files from before leaves overlapped. */
  rows: z.exactOptional(count),
  settings: fittedSettingsSchema,
  routing: z.object({
    temperature: z.number().check(z.nonnegative()),
    keptWeight: share,
    mostLeaves: z.int().check(z.gte(1)),
  }),
  temperatures: z.array(z.object({ temperature: z.number().check(z.nonnegative()), score: measureSchema })),
  trees: z.array(treeSchema).check(z.minLength(1)),
  leaves: z.array(z.object({ rows: count, model: z.unknown() })).check(z.minLength(1)),
});

/** What a saved model of a table says of itself, apart from its task and its tensors. */
export type TabularDescription = z.infer<typeof schema>;

/** Checks a description that comes from JSON; throws for one that is incomplete. */
export function parseDescription(description: unknown): TabularDescription {
  return schema.parse(description);
}

/**
 * What a file holds: per leaf what a file of a Recursive Feature Machine holds, under `leaf.…/`, and the
 * splits of all trees below each other, [splits, d + 2]: vector, threshold, scale.
 */
export function encodeTabular(fitted: FittedTabular): ModelParts<TabularDescription> {
  const { features, rows, settings, routing, temperatures, trees, leaves } = fitted;
  const splits = trees.flatMap(splitsOf);
  const data = Float64Array.from(
    splits.flatMap(({ vector, threshold, scale }) => [...vector, threshold, scale]),
  );
  const tensors = Object.assign(
    {},
    ...leaves.map(({ parts }, at) => nest(`leaf.${at}`, parts.tensors)),
  ) as Record<string, HostTensor>;
  const splitTensor = { dtype: 'float64' as const, shape: [splits.length, features + 2], data };
  return {
    description: {
      features,
      rows,
      settings,
      routing: { ...routing },
      temperatures: temperatures.map((one) => ({ ...one })),
      trees: trees.map(flatten),
      leaves: leaves.map(({ rows, parts }) => ({ rows, model: parts.description })),
    },
    tensors: splits.length === 0 ? tensors : { splits: splitTensor, ...tensors },
  };
}

/**
 * The model of a file.
 *
 * @throws {FormatError} for trees that are none, and tensors that are missing, or do not go together
 */
export async function decodeTabular(
  { description, tensors }: ModelParts<TabularDescription>,
  outputs: number,
  options: LoadOptions,
): Promise<FittedTabular> {
  const { features, settings, routing, temperatures } = description;
  const leaves = description.leaves.map(({ rows, model }, at): TabularLeaf => {
    const parsed = leafDescription(model);
    const history = parsed.history.map((record) => ({ ...record, value: record.value ?? undefined }));
    const parts = { description: parsed, tensors: nested(`leaf.${at}`, tensors) };
    return { parts, rows, best: parsed.best, history, warnings: [] };
  });
  const trees = restoreTrees(description.trees, splitReader(tensors, features));
  const numbers = trees.flatMap((root) => leavesOf(root)).map(({ leaf }) => leaf);
  if (numbers.length !== leaves.length || numbers.some((leaf, at) => leaf !== at)) {
    throw damaged('its trees have other leaves than it holds');
  }
  const machines = new LeafMachines(
    leaves.map(({ parts }) => parts),
    { features, codes: settings.codes, outputs },
    options,
  );
  try {
    // Each once, so that what is damaged is found now.
    for (const at of leaves.keys()) await machines.get(at);
  } catch (error) {
    machines.dispose();
    throw error;
  }
  return {
    backend: options.backend,
    settings,
    features,
    outputs,
    rows: description.rows ?? rowsOfLeaves(trees[0], leaves),
    trees,
    leaves,
    routing,
    temperatures,
    machines,
    dispose: () => machines.dispose(),
  };
}

/** Rows of the leaves of a tree. */
function rowsOfLeaves(root: TreeNode | undefined, leaves: readonly TabularLeaf[]): number {
  const own = root ? leavesOf(root) : [];
  return own.reduce((sum, { leaf }) => sum + (leaves[leaf]?.rows ?? 0), 0);
}

function leafDescription(model: unknown): RFMDescription {
  try {
    return rfm.format.parse(model);
  } catch (cause) {
    throw new FormatError('The saved model is damaged: the description of a leaf is incomplete.', { cause });
  }
}

function flatten(node: TreeNode): number[] {
  return node.kind === 'leaf' ? [node.leaf] : [-1, ...flatten(node.left), ...flatten(node.right)];
}

type SplitReader = () => Omit<Split, 'kind' | 'left' | 'right'>;

/** Splits one after the other. */
function splitReader(tensors: Readonly<Record<string, HostTensor>>, features: number): SplitReader {
  const width = features + 2;
  let next = 0;
  return () => {
    const { data, shape } = requireTensor(tensors, 'splits', 2);
    const [rows = 0, columns] = shape;
    if (columns !== width || next >= rows) throw damaged("its tensor 'splits' is of another shape");
    const values = Float64Array.from(data.subarray(next * width, (next + 1) * width));
    next += 1;
    const [threshold, scale] = [values[features] as number, values[features + 1] as number];
    if (!(scale > 0)) throw damaged('a split has no positive scale');
    return { vector: values.slice(0, features), threshold, scale };
  };
}

function restoreTrees(trees: readonly (readonly number[])[], split: SplitReader): TreeNode[] {
  return trees.map((entries) => {
    let at = 0;
    const read = (): TreeNode => {
      const entry = entries[at++];
      if (entry === undefined) throw damaged('a tree ends before its leaves');
      if (entry >= 0) return { kind: 'leaf', leaf: entry };
      return { kind: 'split', ...split(), left: read(), right: read() };
    };
    const root = read();
    if (at !== entries.length) throw damaged('a tree goes on after its leaves');
    return root;
  });
}

function damaged(why: string): FormatError {
  return new FormatError(`The saved model is damaged: ${why}.`);
}
