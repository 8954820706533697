import { createCpuBackend } from '@agop/backend-cpu';
import { randomArray } from '@agop/core';
import { type Table, tableFromColumns } from '@agop/data';
import { decodeSafetensors } from '@agop/estimators';
import { portfolio, type TabularExecutor, TabularRegressor } from '@agop/tabular';

/** A table of numbers and words, with a target that depends on both. */
export function madeTable(rows: number, seed = 1): Table {
  const [a, b, noise] = [1, 2, 3].map((k) =>
    Array.from(randomArray(rows, 'normal', { seed: seed * 10 + k }, 'float64')),
  );
  const words = Array.from({ length: rows }, (_, row) => ['low', 'middle', 'high'][(row * 7) % 3] as string);
  const y = words.map((word, row) => {
    const [x, z, e] = [a, b, noise].map((column) => column?.[row] ?? 0) as [number, number, number];
    return Math.sin(x) + (word === 'high' ? z : 0.2 * z * z) + 0.05 * e;
  });
  return tableFromColumns({ a: a ?? [], b: b ?? [], word: words, y });
}

/** What a fit of a table found out, without its times, and all numbers of its model. */
export async function leaderboard(
  table: Table,
  executor: TabularExecutor | undefined,
  options: {
    readonly trials?: number;
    readonly signal?: AbortSignal;
    readonly seed?: number;
    readonly seconds?: number;
  } = {},
) {
  using backend = await createCpuBackend({ threads: 1 });
  const { trials = 3, signal, seed = 3, seconds } = options;
  const first = portfolio.slice(0, trials).map((candidate) => ({ ...candidate, iterations: 1 }));
  using model = new TabularRegressor({
    backend,
    seed,
    first,
    trials,
    ...(seconds !== undefined && { seconds }),
    judging: { kind: 'folds', folds: 3 },
    tree: { leafRows: 120 },
    ...(executor && { executor }),
  });
  await model.fit(table, 'y', { ...(signal && { signal }) });
  return {
    history: model.history.map(({ seconds: _, ...record }) => record),
    chosenBy: model.chosenBy,
    predictions: await model.predict(table),
    // The description of a model holds times.
    tensors: decodeSafetensors(await model.toBytes()).tensors,
  };
}
