// Forests of bit tests against a scan of all points and against HNSW (usearch, native): how often the point
// of a query is found, on average and for the points that are found least, with what time and memory.
//
//   pnpm reproduce hashing-peers [--samples 3000] [--radius 10] [--out DIR]
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolve, whole } from '@agop/core/options';
import { BitMatrix, RobustHashForest } from '@agop/hashing';
import usearch from 'usearch';
import { queriesOf } from '../../src/hashing/run.ts';
import { hashingRunOptions } from '../../src/hashing/settings.ts';
import { readHashingData } from '../../src/node/hashing-data.ts';
import { dataOption, fillTables, markdownTable, outOption, saveJson, useData } from '../page.ts';
import { program } from '../program.ts';

interface PeerRecord {
  readonly name: string;
  readonly buildSeconds: number;
  readonly mebibytes: number;
  readonly microsecondsPerQuery: number;
  /** Share of the queries whose own point is the answer, or one at the same distance. */
  readonly recall: number;
  /** The same over the hundredth of the points that are found least. */
  readonly worstHundredth: number;
}

interface Built {
  /** Called when the times have been taken. */
  readonly bytes: () => number;
  /** The answer to each query. */
  readonly search: () => ArrayLike<number>;
}

export default program(
  {
    samples: whole({ from: 100, default: 3000, description: 'Images' }),
    radius: whole({ from: 1, default: 10, description: 'Wrong bits of a query, drawn with replacement' }),
    queries: whole({ from: 1, default: 20, description: 'Queries for each image' }),
    rounds: whole({ from: 2, default: 150, description: 'Rounds of the game' }),
    data: dataOption,
    out: outOption,
  },
  async ({ samples, radius, queries: each, rounds, data, out }) => {
    useData(data);
    const { points } = await readHashingData(resolve(hashingRunOptions, { samples }));
    const asked = queriesOf(points.rows, points.bits, radius, each, 0);
    const words = points.take(asked.map(({ point }) => point)).words;
    const queries = new BitMatrix(words, points.bits);
    asked.forEach(({ flips }, k) => {
      for (const bit of flips) {
        const at = k * queries.wordsPerRow + (bit >>> 5);
        words[at] = (words[at] as number) ^ (1 << (bit & 31));
      }
    });
    const owners = asked.map(({ point }) => point);
    const records: PeerRecord[] = [];
    const add = async (name: string, build: () => Promise<Built>): Promise<void> => {
      const started = performance.now();
      const { bytes, search } = await build();
      const built = performance.now();
      const found = search();
      const searched = performance.now();
      const hits = owners.map((owner, k) => {
        const answer = found[k] as number;
        if (answer < 0) return 0;
        return Number(queries.distance(k, points, answer) <= queries.distance(k, points, owner));
      });
      const perPoint = new Float64Array(points.rows);
      for (const [k, owner] of owners.entries())
        perPoint[owner] = (perPoint[owner] as number) + (hits[k] as number) / each;
      perPoint.sort();
      const worst = perPoint.subarray(0, Math.max(1, Math.floor(points.rows / 100)));
      const record = {
        name,
        buildSeconds: (built - started) / 1000,
        mebibytes: bytes() / 2 ** 20,
        microsecondsPerQuery: (1000 * (searched - built)) / owners.length,
        recall: hits.reduce((sum, hit) => sum + hit, 0) / hits.length,
        worstHundredth: worst.reduce((sum, share) => sum + share, 0) / worst.length,
      };
      console.log(JSON.stringify(record));
      records.push(record);
    };
    await add('scan of all points', async () => ({
      bytes: () => points.words.byteLength,
      search: () => owners.map((_, k) => scan(points, queries, k)),
    }));
    for (const trees of [2, 5, 10]) {
      for (const strategy of ['uniform', 'game'] as const) {
        await add(
          `forest, ${strategy === 'game' ? 'game' : 'any bit that varies'}, ${trees} trees`,
          async () => {
            const forest = await new RobustHashForest({ radius, trees, strategy, rounds }).fit(points);
            return { bytes: () => forest.bytes, search: () => forest.query(queries).indices };
          },
        );
      }
    }
    const rows = Array.from({ length: points.rows }, (_, row) => numbersOf(points, row));
    const askedRows = owners.map((_, k) => numbersOf(queries, k));
    for (const expansion of [16, 64]) {
      await add(`HNSW (usearch), 16 links, search ${expansion}`, async () => {
        const index = new usearch.Index({
          metric: usearch.MetricKind.Hamming,
          dimensions: points.bits,
          quantization: usearch.ScalarKind.B1,
          connectivity: 16,
          expansion_add: 128,
          expansion_search: expansion,
          multi: false,
        });
        for (const [row, numbers] of rows.entries()) index.add(BigInt(row), numbers, 1);
        return {
          bytes: () => fileBytes((path) => index.save(path)),
          search: () => askedRows.map((row) => Number(index.search(row, 1, 1).keys[0] ?? -1)),
        };
      });
    }
    saveJson(join(out, 'results/hashing-peers.json'), { samples, radius, each, rounds, records });
    fillTables(join(out, 'hashing.md'), { peers: tableOf(records) });
  },
);

/** The nearest of all points. */
function scan(points: BitMatrix, queries: BitMatrix, k: number): number {
  let best = -1;
  let least = Number.POSITIVE_INFINITY;
  for (let row = 0; row < points.rows; row++) {
    const distance = queries.distance(k, points, row);
    if (distance >= least) continue;
    least = distance;
    best = row;
  }
  return best;
}

function numbersOf(bits: BitMatrix, row: number): Float32Array {
  return Float32Array.from({ length: bits.bits }, (_, i) => bits.get(row, i));
}

/** Size of what is saved: what an index takes, about. */
function fileBytes(save: (path: string) => void): number {
  const folder = mkdtempSync(join(tmpdir(), 'agop-hashing-'));
  const path = join(folder, 'index');
  save(path);
  const { size } = statSync(path);
  rmSync(folder, { recursive: true });
  return size;
}

function tableOf(records: readonly PeerRecord[]): string {
  return markdownTable(
    ['search', 'found', 'worst 1 % of the points', 'µs per query', 's to build', 'MiB'],
    records.map(({ name, recall, worstHundredth, microsecondsPerQuery, buildSeconds, mebibytes }) => [
      name,
      recall.toFixed(4),
      worstHundredth.toFixed(3),
      microsecondsPerQuery.toFixed(1),
      buildSeconds.toFixed(1),
      mebibytes.toFixed(2),
    ]),
    [1, 2, 3, 4, 5],
  );
}
