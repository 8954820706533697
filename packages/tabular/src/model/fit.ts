import { FormatError, randomPermutation, ShapeError, subkey } from '@agop/core';
import {
  type FitJob,
  type IterationEvents,
  type Rows,
  runAll,
  type Samples,
  Stopwatch,
  takeSamples,
} from '@agop/estimators';
import { LeafColumns } from '../leaf/codes.ts';
import { type FittedLeaf, fitLeaf, type LeafExecutor, type LeafJob } from '../leaf/fit-leaf.ts';
import { leafFromBytes, leafName, leafToBytes } from '../leaf/leaf-file.ts';
import { LeafMachines } from '../leaf/machines.ts';
import { refilled } from '../leaf/refill.ts';
import { type GrownTree, growTree } from '../tree/grow.ts';
import { leavesOf } from '../tree/node.ts';
import { Router } from '../tree/routing.ts';
import type { LeafEvents } from './events.ts';
import { expectedFit } from './expected-fit.ts';
import { type FittedTabular, fittedSettings } from './fitted.ts';
import type { TabularSettings } from './settings.ts';
import { tuneTemperature } from './temperature.ts';

/** Most rows that choose the temperature. */
const mostTuningRows = 2000;
/** Most of the training rows that are held out for it where no rows are given. */
const tuningFraction = 0.1;

type Options = Partial<IterationEvents & LeafEvents> & { readonly signal?: AbortSignal | undefined };

/**
 * Fits a model: one leaf where the rows fit, else a tree. Memory on the backend is that of one leaf at a
 * time; leaves wait on the host.
 *
 * @throws {AbortedError} through `signal`
 * @throws what the fit of a leaf throws
 */
export async function fitTabular(
  given: FitJob<Rows>,
  settings: TabularSettings,
  options: Options,
): Promise<FittedTabular> {
  const { backend, tree, seed } = settings;
  const { coding, held, training: all } = given;
  const counting = countingRows(all);
  checkCodes(settings.codes, all.x.columns);
  const features = LeafColumns.of(counting.x, settings.codes).width;
  const sizes = { rows: counting.x.rows, features, outputs: coding.outputs };
  const { leafRows } = expectedFit(sizes, settings);
  const splits = counting.x.rows > leafRows;
  const { training, tuning } = splits
    ? withTuningRows(counting, held, settings)
    : { training: counting, tuning: undefined };
  const targets = coding.targets(training.y);
  const grown: GrownTree[] = [];
  // A further tree of one leaf would be the same leaf.
  for (let at = 0; at < (splits ? tree.trees : 1); at++) {
    const firstLeaf = grown.reduce((sum, { leaves }) => sum + leaves.length, 0);
    const node = { x: training.x, targets, outputs: coding.outputs, codes: settings.codes };
    grown.push(
      await growTree(backend, node, {
        settings: tree,
        leafRows,
        seed,
        tree: at,
        firstLeaf,
        signal: options.signal,
      }),
    );
  }
  const leaves = await fitLeaves({ ...given, training }, settings, grown, options);
  const machines = new LeafMachines(
    leaves.map(({ parts }) => parts),
    { features: all.x.columns, codes: settings.codes, outputs: coding.outputs },
    { backend },
  );
  try {
    const trees = grown.map(({ root }) => root);
    const routing = { keptWeight: tree.keptWeight, mostLeaves: tree.mostLeaves };
    const fixed = typeof tree.routing === 'number' ? tree.routing : 0;
    const tuned =
      tuning && tree.routing === 'tuned'
        ? await tuneTemperature({ trees, machines }, tuning, coding, {
            ...routing,
            temperatures: tree.temperatures,
            fewerLeaves: tree.fewerLeaves,
            selection: settings.selection,
          })
        : { temperature: fixed, mostLeaves: tree.mostLeaves, tried: [] };
    return {
      backend,
      settings: fittedSettings(settings),
      features: all.x.columns,
      outputs: coding.outputs,
      rows: training.x.rows,
      trees,
      leaves,
      routing: { ...routing, temperature: tuned.temperature, mostLeaves: tuned.mostLeaves },
      temperatures: tuned.tried,
      machines,
      dispose: () => machines.dispose(),
    };
  } catch (error) {
    machines.dispose();
    throw error;
  }
}

async function fitLeaves(
  { coding, training, held }: FitJob<Rows>,
  settings: TabularSettings,
  grown: readonly GrownTree[],
  options: Options,
): Promise<FittedLeaf[]> {
  const { backend: _, executor: __, tree, ridge, ...others } = settings;
  const leaves = grown.flatMap(({ leaves }) => leaves);
  const isSplit = leaves.length > grown.length;
  const heldOf = held && isSplit ? heldByLeaf(grown, held.x) : undefined;
  const [task, taskTensors] = [coding.describe(), coding.tensors()];
  const told = isSplit || settings.executor !== undefined;
  const own = settings.executor ?? inThisProcess(settings, told ? { signal: options.signal } : options);
  const executor = options.readLeaf || options.writeLeaf ? keeping(own, options) : own;
  const watch = new Stopwatch();
  let [done, rowsDone] = [0, 0];
  const rowsInAll = leaves.reduce((sum, { rows }) => sum + rows.length, 0);
  return runAll(
    executor,
    leaves.length,
    (index): LeafJob => {
      const { rows, level } = leaves[index] as (typeof leaves)[number];
      const whole = rows.length === training.x.rows ? training : takeSamples(training, rows);
      const chosen = heldOf?.get(index);
      const ofLeaf = heldOf ? held && chosen && takeSamples(held, chosen) : held;
      const before = { training: whole, held: ofLeaf };
      const key = subkey(others.seed, 'tree-leaf', index);
      const part = isSplit
        ? refilled(before, { rows: tree.refillRows, fraction: tree.refillFraction }, key)
        : before;
      return {
        ...part,
        task,
        taskTensors,
        all: tree.refit && part.training !== whole ? whole : undefined,
        settings: { ...others, ridge: (ridge[level] ?? ridge.at(-1)) as number },
      };
    },
    {
      signal: options.signal,
      onResult: ({ rows, warnings }, index) => {
        done += 1;
        if (told) for (const warning of warnings) options.onWarning?.(warning);
        rowsDone += (leaves[index] as (typeof leaves)[number]).rows.length;
        const times = watch.times(rowsDone, rowsInAll);
        options.onLeaf?.({ leaf: index, done, leaves: leaves.length, rows, ...times });
      },
    },
  );
}

/** Takes leaves that were kept, and keeps those that are fitted. A damaged one is fitted again. */
function keeping(executor: LeafExecutor, { readLeaf, writeLeaf }: Options): LeafExecutor {
  return {
    size: executor.size,
    async run(job, signal) {
      const name = leafName(job);
      const kept = await readLeaf?.(name);
      if (kept) {
        try {
          return leafFromBytes(kept);
        } catch (error) {
          if (!FormatError.isInstance(error)) throw error;
        }
      }
      const leaf = await executor.run(job, signal);
      await writeLeaf?.(name, leafToBytes(leaf));
      return leaf;
    },
  };
}

/** One leaf after the other on the backend of the settings. */
function inThisProcess({ backend }: TabularSettings, options: Options): LeafExecutor {
  return { size: 1, run: (job) => fitLeaf(backend, job, options) };
}

/** Held-out rows by the leaf that they fall into. */
function heldByLeaf(grown: readonly GrownTree[], x: Rows): Map<number, Int32Array> {
  const hard = { temperature: 0, keptWeight: 1, mostLeaves: 1 };
  return new Map(
    grown.flatMap(({ root }) => {
      const { byLeaf } = new Router(root).route(x, 0, x.rows, hard);
      return leavesOf(root).flatMap(({ leaf }) => {
        const own = byLeaf.get(leaf);
        return own ? [[leaf, own.rows] as const] : [];
      });
    }),
  );
}

/** Training rows, and rows that choose the temperature: some of those held out, or of the training rows. */
function withTuningRows(
  training: Samples<Rows>,
  held: Samples<Rows> | undefined,
  { seed, tree }: TabularSettings,
): { readonly training: Samples<Rows>; readonly tuning: Samples<Rows> | undefined } {
  if (tree.routing !== 'tuned') return { training, tuning: undefined };
  const from = held ?? training;
  const n = from.x.rows;
  const count = Math.min(mostTuningRows, held ? n : Math.floor(n * tuningFraction));
  const order = randomPermutation(n, subkey(seed, 'hold-out'));
  const tuning = takeSamples(from, order.slice(0, count).sort());
  return { tuning, training: held ? training : takeSamples(training, order.slice(count).sort()) };
}

/** @throws {ShapeError} for a column of codes that X does not have */
function checkCodes(codes: readonly number[], columns: number): void {
  const missing = codes.find((column) => column >= columns);
  if (missing === undefined) return;
  throw new ShapeError(`The option codes names the column ${missing}, but X has ${columns} columns.`);
}

/** Without rows of weight 0, which no leaf has use for. */
function countingRows(samples: Samples<Rows>): Samples<Rows> {
  const { weights } = samples;
  if (!weights) return samples;
  const all = Int32Array.from({ length: samples.x.rows }, (_, row) => row);
  const counting = all.filter((row) => (weights[row] as number) > 0);
  return counting.length === all.length ? samples : takeSamples(samples, counting);
}
