import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Backend } from '@agop/core';
import { RFMRegressor } from '@agop/rfm';

/** Samples and targets by rule. */
export function samples(rows: number, columns = 5): { readonly x: number[][]; readonly y: number[] } {
  const x = Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (__, k) => Math.sin(12.9898 * (i + 1) * (k + 1) + 78.233 * k)),
  );
  return { x, y: x.map(([a = 0, b = 0]) => a * b + a) };
}

/** Writes them as a CSV file and gives its path; the target is called y. */
export function tableFile(folder: string, rows: number): string {
  const { x, y } = samples(rows);
  const names = x[0]?.map((_, k) => `x${k}`).join();
  const lines = x.map((row, i) => [...row, y[i]].join());
  const path = join(folder, `table-${rows}.csv`);
  writeFileSync(path, `${names},y\n${lines.join('\n')}\n`);
  return path;
}

/** A fitted model, with a text of this many bytes that travels along. */
export async function modelBytes(backend: Backend, iterations: number, ballast: number): Promise<Uint8Array> {
  const { x, y } = samples(30);
  using model = await new RFMRegressor({ backend, iterations }).fit(x, y);
  return await model.toBytes({ attachments: { ballast: 'b'.repeat(ballast) } });
}
